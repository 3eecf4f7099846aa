import { decodeAnswers, type Frame } from "#wire/codec.ts";
import type { Answer } from "#wire/event.ts";
import type { SessionSocket } from "../../session/session.ts";
import type { World } from "./world.ts";

interface Ends {
  /** By topic, who listens at the worker. */
  readonly topics: Map<string, Set<SimulatedSocket>>;
  /** What leaves the worker, before it is on its way. */
  readonly said: (answer: Answer) => void;
  readonly heard: (answer: Answer) => void;
  /** Nothing waits for the reader any more. */
  readonly drained: () => void;
  /** Both ends learn of it at once. */
  readonly closed: (reason: string) => void;
}

/** Beyond it the engine drops, as `worker.ts` sets it: nothing may ever get there. */
const backpressureBytesMax = 16 * 1024 * 1024;

/** A client that reads a frame now and then, and everything at the end. */
interface Spell {
  readonly untilMs: number;
  readonly frameMs: number;
}

/** A worker's socket with its client at the other end: frames arrive in order, or not at all when it breaks before. */
export class SimulatedSocket implements SessionSocket {
  readonly #world: World;
  readonly #ends: Ends;
  readonly #delayMs: number;
  /** What waits for a reader that is slow, and how much that is. */
  #waiting: { readonly answers: readonly Answer[]; readonly bytes: number }[] = [];
  #waitingBytes = 0;
  #spell: Spell | undefined;
  isOpen = true;

  constructor(world: World, ends: Ends) {
    this.#world = world;
    this.#ends = ends;
    this.#delayMs = world.delayMs();
  }

  send(frame: Frame): number {
    if (!this.isOpen) return 0;
    const answers = decodeAnswers(frame);
    for (const answer of answers) this.#ends.said(answer);
    if (!this.#spell) {
      this.#arrive(answers);
      return frame.length;
    }
    if (this.#waitingBytes > backpressureBytesMax) {
      this.#world.blame("the engine had no room for a frame");
      return 0;
    }
    this.#waiting.push({ answers, bytes: frame.length * this.#world.byteWeight });
    this.#waitingBytes += frame.length * this.#world.byteWeight;
    return -1;
  }

  /** From now on the client reads a frame every `frameMs`, and all of them when `ms` have passed. */
  readSlowly(ms: number, frameMs: number): void {
    if (this.#spell) return;
    const spell = { untilMs: this.#world.clock.now() + ms, frameMs };
    this.#spell = spell;
    this.#readNext(spell);
    this.#world.clock.after(ms, () => {
      this.#spell = undefined;
      while (this.#waiting.length > 0) this.#readOne();
    });
  }

  #readNext(spell: Spell): void {
    if (this.#world.clock.now() + spell.frameMs >= spell.untilMs) return;
    this.#world.clock.after(spell.frameMs, () => {
      if (!this.isOpen || this.#spell !== spell) return;
      this.#readOne();
      this.#readNext(spell);
    });
  }

  #readOne(): void {
    const read = this.#waiting.shift();
    if (!read) return;
    this.#waitingBytes -= read.bytes;
    this.#arrive(read.answers);
    if (this.#waiting.length === 0) this.#world.clock.after(0, this.#ends.drained);
  }

  #arrive(answers: readonly Answer[]): void {
    this.carry(() => {
      for (const answer of answers) this.#ends.heard(answer);
    });
  }

  /** To the other end, in either direction. */
  carry(arrive: () => void): void {
    this.#world.clock.after(this.#delayMs, () => {
      if (this.isOpen) arrive();
    });
  }

  subscribe(topic: string): void {
    const { topics } = this.#ends;
    topics.set(topic, (topics.get(topic) ?? new Set()).add(this));
  }

  unsubscribe(topic: string): void {
    this.#ends.topics.get(topic)?.delete(this);
  }

  bufferedBytes(): number {
    return this.#waitingBytes;
  }

  close(_code = 1006, reason = ""): void {
    if (!this.isOpen) return;

    this.isOpen = false;
    this.#waiting = [];
    this.#waitingBytes = 0;
    for (const sockets of this.#ends.topics.values()) sockets.delete(this);
    this.#ends.closed(reason);
  }
}

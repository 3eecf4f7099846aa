import { decodeAnswers, type Frame } from "#wire/codec.ts";
import type { Answer } from "#wire/event.ts";
import type { SessionSocket } from "../../session/session.ts";
import type { World } from "./world.ts";

interface Ends {
  /** By topic, who listens at the worker. */
  readonly topics: Map<string, Set<SimulatedSocket>>;
  readonly heard: (answer: Answer) => void;
  /** Both ends learn of it at once. */
  readonly closed: () => void;
}

/** A worker's socket with its client at the other end: frames arrive in order, or not at all when it breaks before. */
export class SimulatedSocket implements SessionSocket {
  readonly #world: World;
  readonly #ends: Ends;
  readonly #delayMs: number;
  isOpen = true;

  constructor(world: World, ends: Ends) {
    this.#world = world;
    this.#ends = ends;
    this.#delayMs = world.delayMs();
  }

  send(frame: Frame): number {
    this.carry(() => {
      for (const answer of decodeAnswers(frame)) this.#ends.heard(answer);
    });
    return frame.length;
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

  cork(call: () => void): void {
    call();
  }

  bufferedBytes(): number {
    return 0;
  }

  close(): void {
    if (!this.isOpen) return;

    this.isOpen = false;
    for (const sockets of this.#ends.topics.values()) sockets.delete(this);
    this.#ends.closed();
  }
}

import type { ChannelId, Seq } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";

import type { Clock } from "../store/clock.ts";
import type { Ask } from "./calls.ts";

/** Pointers travel at most this often: whoever reads fast would otherwise send a command per message. */
const everyMs = 1_000;

interface Wanted {
  readonly readSeq: Seq | null;
  readonly deliveredSeq: Seq | null;
}

/** Tells the server how far somebody has read and received: merged, at most once per second, until a reply says that it is kept. */
export class PointerSender {
  readonly #ask: Ask;
  readonly #clock: Clock;
  readonly #wanted = new Map<ChannelId, Wanted>();
  #isOpen = false;
  #isResting = false;
  #stopTimer = (): void => undefined;

  constructor(ask: Ask, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
  }

  read(channel: ChannelId, seq: Seq): void {
    this.#want(channel, { readSeq: seq, deliveredSeq: seq });
  }

  delivered(channel: ChannelId, seq: Seq): void {
    this.#want(channel, { readSeq: null, deliveredSeq: seq });
  }

  open(): void {
    this.#isOpen = true;
    this.#flush();
  }

  pause(): void {
    this.#isOpen = false;
    this.#isResting = false;
    this.#stopTimer();
  }

  /** Another history: numbers of the last one would say that unseen messages were read. */
  forget(): void {
    this.#wanted.clear();
  }

  #want(channel: ChannelId, wanted: Wanted): void {
    const held = this.#wanted.get(channel);
    this.#wanted.set(channel, {
      readSeq: later(held?.readSeq ?? null, wanted.readSeq),
      deliveredSeq: later(held?.deliveredSeq ?? null, wanted.deliveredSeq),
    });
    this.#flush();
  }

  #flush(): void {
    if (!this.#isOpen || this.#isResting || this.#wanted.size === 0) return;

    const batch = Array.from(this.#wanted).slice(0, limits.pointersPerReadMax);
    for (const [channel] of batch) this.#wanted.delete(channel);
    this.#isResting = true;
    this.#stopTimer = this.#clock.after(everyMs, () => {
      this.#isResting = false;
      this.#flush();
    });
    void this.#send(batch);
  }

  async #send(batch: readonly (readonly [ChannelId, Wanted])[]): Promise<void> {
    const pointers = batch.map(([channel, { readSeq, deliveredSeq }]) => ({
      channel,
      readSeq,
      deliveredSeq,
      // The server moves it up with what is read; said by a device that is behind it would go back.
      readFrom: null,
    }));
    const answered = await this.#ask({ op: "read", pointers });
    const isUnknown =
      answered.op === "lost" ||
      (answered.op === "refusal" &&
        (answered.code === "unavailable" || answered.code === "slow_down"));
    if (isUnknown) for (const [channel, wanted] of batch) this.#want(channel, wanted);
  }
}

function later(one: Seq | null, other: Seq | null): Seq | null {
  if (one === null) return other;
  return other === null ? one : Math.max(one, other);
}

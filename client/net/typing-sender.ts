import type { ChannelId } from "#wire/ids.ts";
import { typingMs } from "#wire/limits.ts";

import type { Clock } from "../store/clock.ts";
import type { Ask } from "./calls.ts";

/** Says that one is writing: at most every 2 s (T3), and that one has stopped 3 s after the last key (T2), on sending and on leaving; nothing where one hides it. */
export class TypingSender {
  readonly #ask: Ask;
  readonly #clock: Clock;
  readonly #isShown: () => boolean;
  #writing: { channel: ChannelId; toldAt: number } | undefined;
  #stopTimer = (): void => undefined;

  constructor(ask: Ask, clock: Clock, isShown: () => boolean) {
    this.#ask = ask;
    this.#clock = clock;
    this.#isShown = isShown;
  }

  types(channel: ChannelId): void {
    if (this.#writing && this.#writing.channel !== channel) this.stop();
    const now = this.#clock.now();
    if (!this.#writing || now - this.#writing.toldAt >= typingMs.repeat) {
      this.#writing = { channel, toldAt: now };
      this.#tell(channel, true);
    }
    this.#stopTimer();
    this.#stopTimer = this.#clock.after(typingMs.idle, () => this.stop());
  }

  stop(): void {
    this.#stopTimer();
    const writing = this.#writing;
    this.#writing = undefined;
    if (writing) this.#tell(writing.channel, false);
  }

  /** Advice, not data: whether it arrived does not matter. */
  #tell(channel: ChannelId, typing: boolean): void {
    if (this.#isShown()) void this.#ask({ op: "typing", channel, typing });
  }
}

import type { Clock } from "../store/clock.ts";
import type { Ask } from "./calls.ts";

/** Who has not touched their device for so long is away. */
const untouchedMs = 10 * 60_000;

/**
 * Tells each socket when nobody has touched the page for ten minutes, and at the first touch that somebody is back. Advice, like
 * typing: after ten quiet minutes there is no budget that it could exceed, and what gets lost with a socket is said to the next.
 */
export class AwaySender {
  readonly #ask: Ask;
  readonly #clock: Clock;
  #touchedAt = 0;
  #isAway = false;
  #stopTimer = (): void => undefined;

  constructor(ask: Ask, clock: Clock) {
    this.#ask = ask;
    this.#clock = clock;
    this.touched();
    this.#wait();
  }

  /** Called at every movement of a pointer, so it does next to nothing. */
  touched(): void {
    this.#touchedAt = this.#clock.now();
    if (!this.#isAway) return;

    this.#isAway = false;
    this.#tell();
    this.#wait();
  }

  /** A new socket takes us for here. */
  open(): void {
    if (this.#isAway) this.#tell();
  }

  dispose(): void {
    this.#stopTimer();
  }

  /** One timer, which looks when the last touch was: touches come by the hundred. */
  #wait(): void {
    const leftMs = this.#touchedAt + untouchedMs - this.#clock.now();
    this.#isAway = leftMs <= 0;
    if (this.#isAway) this.#tell();
    else this.#stopTimer = this.#clock.after(leftMs, () => this.#wait());
  }

  #tell(): void {
    void this.#ask({ op: "setAway", away: this.#isAway });
  }
}

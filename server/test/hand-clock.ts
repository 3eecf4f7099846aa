import type { Clock } from "#lib/clock.ts";

interface Timer {
  dueMs: number;
  readonly everyMs: number | undefined;
  readonly call: () => void;
}

/** Time that stands still until a test moves it. It begins at the real one: tokens are signed by that. */
export class HandClock implements Clock {
  #nowMs = Date.now();
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#nowMs;
  }

  after(ms: number, call: () => void): () => void {
    return this.#add({ dueMs: this.#nowMs + ms, everyMs: undefined, call });
  }

  every(ms: number, call: () => void): () => void {
    return this.#add({ dueMs: this.#nowMs + ms, everyMs: ms, call });
  }

  /** Lets time pass; every timer is called when it is due. */
  pass(ms: number): void {
    const untilMs = this.#nowMs + ms;
    for (let timer = this.#next(untilMs); timer; timer = this.#next(untilMs)) {
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      if (timer.everyMs === undefined) this.#timers.delete(timer);
      else timer.dueMs += timer.everyMs;
      timer.call();
    }
    this.#nowMs = untilMs;
  }

  /** How many timers would keep a process alive. */
  get waiting(): number {
    return this.#timers.size;
  }

  #add(timer: Timer): () => void {
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  #next(untilMs: number): Timer | undefined {
    return Array.from(this.#timers)
      .filter(({ dueMs }) => dueMs <= untilMs)
      .sort((one, other) => one.dueMs - other.dueMs)[0];
  }
}

import type { Clock } from "../store/clock.ts";

interface Timer {
  readonly dueAt: number;
  readonly callback: () => void;
}

/** Time that stands still until a test moves it. */
export class HandClock implements Clock {
  #now = Date.UTC(2026, 10, 21, 10, 42);
  readonly #timers = new Set<Timer>();

  now(): number {
    return this.#now;
  }

  after(delayMs: number, callback: () => void): () => void {
    const timer = { dueAt: this.#now + delayMs, callback };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets time pass; every timer is called when it is due. */
  pass(ms: number): void {
    const until = this.#now + ms;
    for (let timer = this.#next(until); timer; timer = this.#next(until)) {
      this.#timers.delete(timer);
      this.#now = Math.max(this.#now, timer.dueAt);
      timer.callback();
    }
    this.#now = until;
  }

  /** A laptop sleeps: time passes without anybody, and all that was due is called afterwards. */
  sleep(ms: number): void {
    this.#now += ms;
    this.pass(0);
  }

  /** How long until the next timer. */
  get nextMs(): number | undefined {
    const due = Array.from(this.#timers, ({ dueAt }) => dueAt - this.#now);
    return due.length > 0 ? Math.min(...due) : undefined;
  }

  #next(until: number): Timer | undefined {
    return Array.from(this.#timers)
      .filter(({ dueAt }) => dueAt <= until)
      .sort((one, other) => one.dueAt - other.dueAt)[0];
  }
}

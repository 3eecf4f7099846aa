import type { Clock } from "#lib/clock.ts";

interface Timer {
  dueMs: number;
  readonly everyMs: number | undefined;
  readonly call: () => void;
}

/** Time that stands still until a test moves it. Unless told otherwise it begins at the real one: tokens are signed by that. */
export class HandClock implements Clock {
  #nowMs: number;
  readonly #timers = new Set<Timer>();

  constructor(startMs = Date.now()) {
    this.#nowMs = startMs;
  }

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
    while (this.callNext(untilMs));
    this.#nowMs = untilMs;
  }

  /** Calls the one timer that is due next, when it is due; false where none is until then. */
  callNext(untilMs: number): boolean {
    const timer = this.#next(untilMs);
    if (!timer) return false;

    this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
    if (timer.everyMs === undefined) this.#timers.delete(timer);
    else timer.dueMs += timer.everyMs;
    timer.call();
    return true;
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
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      // Of those that are due at once the oldest.
      if (timer.dueMs <= untilMs && (!next || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}

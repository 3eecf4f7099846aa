/** How much goes at once, and how much per second for long. */
export interface Rate {
  readonly atOnce: number;
  readonly perSecond: number;
}

/** What sums of fractions miss: who comes on the millisecond that was said is not sent away for it. */
const rounding = 1e-6;

/** A token bucket: full at first, it fills at its rate. Of a clock that is set back it knows nothing but that no time passed. */
export class Bucket {
  readonly #rate: Rate;
  #left: number;
  #atMs: number;
  /** Until then what comes in was promised to those who were refused before. */
  #promisedMs = 0;

  constructor(rate: Rate, nowMs: number) {
    this.#rate = rate;
    this.#left = rate.atOnce;
    this.#atMs = nowMs;
  }

  /**
   * Takes as much and answers 0, or takes nothing and answers after how many ms to ask again: each who is refused is given a time behind
   * the one before, so that those who wait together do not come together. No longer than it takes to fill.
   */
  take(cost: number, nowMs: number): number {
    this.#fill(nowMs);
    if (cost <= this.#left + rounding) {
      this.#left -= cost;
      return 0;
    }
    const { atOnce, perSecond } = this.#rate;
    const missingMs = ((cost - this.#left) / perSecond) * 1_000;
    const behindMs = this.#promisedMs - nowMs + (cost / perSecond) * 1_000;
    const waitMs = Math.min(Math.max(missingMs, behindMs), (atOnce / perSecond) * 1_000);
    this.#promisedMs = nowMs + waitMs;
    return Math.ceil(waitMs);
  }

  isFull(nowMs: number): boolean {
    this.#fill(nowMs);
    return this.#left === this.#rate.atOnce;
  }

  #fill(nowMs: number): void {
    const { atOnce, perSecond } = this.#rate;
    const passedMs = Math.max(0, nowMs - this.#atMs);
    this.#left = Math.min(atOnce, this.#left + (passedMs * perSecond) / 1_000);
    this.#atMs = nowMs;
  }
}

/** Fewer are not worth a look. */
const sweptMin = 1_000;

/** A bucket for each who asks. One that is full again says what none says, and is forgotten. */
export class Buckets<Key> {
  readonly #rate: Rate;
  readonly #buckets = new Map<Key, Bucket>();
  #sweepAt = sweptMin;

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  get size(): number {
    return this.#buckets.size;
  }

  /** As a bucket's own. */
  take(key: Key, cost: number, nowMs: number): number {
    let bucket = this.#buckets.get(key);
    if (!bucket) {
      // Before it is one of them: full still, it would be forgotten with what it is about to give.
      if (this.#buckets.size >= this.#sweepAt) this.#sweep(nowMs);
      bucket = new Bucket(this.#rate, nowMs);
      this.#buckets.set(key, bucket);
    }
    return bucket.take(cost, nowMs);
  }

  /** Whenever they have become twice as many: each look is paid for by as many arrivals. */
  #sweep(nowMs: number): void {
    for (const [key, bucket] of this.#buckets) {
      if (bucket.isFull(nowMs)) this.#buckets.delete(key);
    }
    this.#sweepAt = Math.max(sweptMin, 2 * this.#buckets.size);
  }
}

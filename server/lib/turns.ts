/** Lets so many calls run at once; the others wait for their turn, in order. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(countMax: number) {
    this.#free = countMax;
  }

  /** Calls when it is its turn; settles as the call does. */
  async take<T>(call: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await call();
    } finally {
      // The turn goes to the next, or lies free.
      const next = this.#waiting.shift();
      if (next) next();
      else this.#free++;
    }
  }
}

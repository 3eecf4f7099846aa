/** What somebody has said and not heard yet, where hearing it is the only sign that the server has it. */
export class Unheard {
  readonly #waiting = new Map<number, () => void>();

  /** Resolves when this number is heard. */
  add(number: number): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(number, resolve));
  }

  heard(number: number): void {
    if (this.#waiting.size === 0) return;
    this.#waiting.get(number)?.();
    this.#waiting.delete(number);
  }
}

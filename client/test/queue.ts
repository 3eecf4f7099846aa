/** What happened, in order, for whoever waits for it: nothing is missed by asking late. */
export class Queue<Item> {
  readonly #items: Item[] = [];
  readonly #waiting: { accepts: (item: Item) => boolean; settle: (item: Item) => void }[] = [];
  /** Everything that ever came. */
  readonly all: Item[] = [];

  add(item: Item): void {
    this.all.push(item);
    const index = this.#waiting.findIndex(({ accepts }) => accepts(item));
    if (index < 0) this.#items.push(item);
    else this.#waiting.splice(index, 1)[0]!.settle(item);
  }

  /** The first that is accepted and was not taken yet; waits until there is one. */
  next(accepts: (item: Item) => boolean = () => true): Promise<Item> {
    const index = this.#items.findIndex(accepts);
    if (index >= 0) return Promise.resolve(this.#items.splice(index, 1)[0]!);
    return new Promise((settle) => this.#waiting.push({ accepts, settle }));
  }
}

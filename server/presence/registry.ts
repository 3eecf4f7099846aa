import type { UserId } from "#wire/ids.ts";

/**
 * Who is here on any worker. Each worker says of whom it holds a socket; `registry-contract.ts` holds every kind to this.
 *
 * While it can't be reached a worker goes by its own sockets and by what it heard last: nobody leaves because a Redis froze.
 */
export interface Registry {
  /** This worker has them. Resolves to whether nobody had them before. */
  arrived(user: UserId): Promise<boolean>;
  /** This worker has them no more. Resolves to whether nobody has them now. */
  left(user: UserId): Promise<boolean>;
  /** Of these, who is here. Never rejects. */
  here(users: readonly UserId[]): Promise<ReadonlySet<UserId>>;
  /** Those who are here with a number above `after`, by number, at most `countMax`. */
  online(after: number, countMax: number): Promise<readonly UserId[]>;
  /** This worker ends. Its people are given the grace to come back on other workers; then those tell that they are gone. */
  close(): Promise<void>;
}

/** Of one worker that is alone. */
export class MemoryRegistry implements Registry {
  readonly #here = new Set<UserId>();

  async arrived(user: UserId): Promise<boolean> {
    const isFirst = !this.#here.has(user);
    this.#here.add(user);
    return isFirst;
  }

  async left(user: UserId): Promise<boolean> {
    return this.#here.delete(user);
  }

  async here(users: readonly UserId[]): Promise<ReadonlySet<UserId>> {
    return new Set(users.filter((user) => this.#here.has(user)));
  }

  async online(after: number, countMax: number): Promise<readonly UserId[]> {
    return [...this.#here]
      .filter((user) => user > after)
      .sort((one, other) => one - other)
      .slice(0, countMax);
  }

  async close(): Promise<void> {
    this.#here.clear();
  }
}

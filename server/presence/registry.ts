import type { UserId } from "#wire/ids.ts";
import type { Shown } from "#wire/row.ts";

/** How somebody is seen: here, here but at no device, or not here. */
export type PresenceState = Shown["as"];

/**
 * Who is here on any worker, and how. Each worker says how its own are seen; on the whole somebody is as the most present of these.
 * `registry-contract.ts` holds every kind to this.
 *
 * While it can't be reached a worker goes by its own sockets and by what it heard last: nobody leaves because a Redis froze.
 */
export interface Registry {
  /** On this worker they are seen so. Resolves to how they are seen on the whole, where this changed it. */
  set(user: UserId, state: PresenceState): Promise<PresenceState | undefined>;
  /** Of these, who is here, and how. Never rejects. */
  here(users: readonly UserId[]): Promise<ReadonlyMap<UserId, PresenceState>>;
  /** Whoever of these is seen otherwise than was told, at this call and the one before, was missed. Never rejects. */
  compare(users: readonly UserId[]): Promise<void>;
  /** Those who are here with a number above `after`, by number, at most `countMax`. */
  online(after: number, countMax: number): Promise<readonly UserId[]>;
  /** This worker ends. Its people are given the grace to come back on other workers; then those tell that they are gone. */
  close(): Promise<void>;
}

/** Of one worker that is alone. */
export class MemoryRegistry implements Registry {
  readonly #here = new Map<UserId, PresenceState>();

  async set(user: UserId, state: PresenceState): Promise<PresenceState | undefined> {
    const before = this.#here.get(user) ?? "offline";
    if (state === "offline") this.#here.delete(user);
    else this.#here.set(user, state);
    return state === before ? undefined : state;
  }

  async here(users: readonly UserId[]): Promise<ReadonlyMap<UserId, PresenceState>> {
    return new Map(
      users.flatMap((user) => {
        const state = this.#here.get(user);
        return state ? [[user, state]] : [];
      }),
    );
  }

  /** Alone it hears itself. */
  async compare(): Promise<void> {}

  async online(after: number, countMax: number): Promise<readonly UserId[]> {
    return [...this.#here.keys()]
      .filter((user) => user > after)
      .sort((one, other) => one - other)
      .slice(0, countMax);
  }

  async close(): Promise<void> {
    this.#here.clear();
  }
}

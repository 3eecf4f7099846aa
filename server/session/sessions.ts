import type { UserId } from "#wire/ids.ts";
import type { Session } from "./session.ts";

/** All sessions of this worker, and those of each user. */
export class Sessions {
  readonly #all = new Set<Session>();
  readonly #ofUser = new Map<UserId, readonly Session[]>();

  get size(): number {
    return this.#all.size;
  }

  add(session: Session): void {
    this.#all.add(session);
  }

  /** From now on it is found under its user. */
  greeted(session: Session): void {
    const { userId } = session.identity!;
    this.#ofUser.set(userId, [...this.ofUser(userId), session]);
  }

  remove(session: Session): void {
    this.#all.delete(session);
    const userId = session.identity?.userId;
    if (userId === undefined) return;
    const others = this.ofUser(userId).filter((one) => one !== session);
    if (others.length > 0) this.#ofUser.set(userId, others);
    else this.#ofUser.delete(userId);
  }

  ofUser(userId: UserId): readonly Session[] {
    return this.#ofUser.get(userId) ?? [];
  }

  [Symbol.iterator](): Iterator<Session> {
    return this.#all.values();
  }
}

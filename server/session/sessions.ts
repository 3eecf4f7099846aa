import type { UserId } from "#wire/ids.ts";
import type { Session } from "./session.ts";

/** All sessions of this worker, and those of each user. */
export class Sessions {
  readonly #all = new Set<Session>();
  readonly #ofUser = new Map<UserId, Set<Session>>();

  get size(): number {
    return this.#all.size;
  }

  add(session: Session): void {
    this.#all.add(session);
  }

  /** From now on it is found under its user. */
  greeted(session: Session): void {
    const { userId } = session.identity!;
    const sessions = this.#ofUser.get(userId) ?? new Set();
    this.#ofUser.set(userId, sessions.add(session));
  }

  remove(session: Session): void {
    this.#all.delete(session);
    const userId = session.identity?.userId;
    if (userId === undefined) return;
    const sessions = this.#ofUser.get(userId);
    sessions?.delete(session);
    if (sessions?.size === 0) this.#ofUser.delete(userId);
  }

  ofUser(userId: UserId): readonly Session[] {
    return [...(this.#ofUser.get(userId) ?? [])];
  }

  [Symbol.iterator](): Iterator<Session> {
    return this.#all.values();
  }
}

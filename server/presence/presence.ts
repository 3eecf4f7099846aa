import type { UserId } from "#wire/ids.ts";

export interface PresenceParts {
  /** Tells those who look. `lastSeenAt` is set for who went. */
  changed(user: UserId, online: boolean, lastSeenAt: number | null): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back after about `ms`; returns what cancels it. */
  after(ms: number, call: () => void): () => void;
}

/** Leaving waits so long: a reload is not an absence. */
export const graceMs = 15_000;

interface Here {
  sockets: number;
  cancelLeaving: (() => void) | undefined;
}

/**
 * Who is here, of one worker: a user is online while any socket is theirs, and for the grace period after the last.
 * Its limit: it knows its own worker only.
 */
export class Presence {
  readonly #parts: PresenceParts;
  readonly #here = new Map<UserId, Here>();
  readonly #lastSeen = new Map<UserId, number>();

  constructor(parts: PresenceParts) {
    this.#parts = parts;
  }

  arrived(user: UserId): void {
    const here = this.#here.get(user);
    if (here) {
      here.sockets++;
      here.cancelLeaving?.();
      here.cancelLeaving = undefined;
      return;
    }
    this.#here.set(user, { sockets: 1, cancelLeaving: undefined });
    this.#parts.changed(user, true, null);
  }

  left(user: UserId): void {
    const here = this.#here.get(user);
    if (!here || --here.sockets > 0) return;

    this.#lastSeen.set(user, this.#parts.now());
    here.cancelLeaving = this.#parts.after(graceMs, () => {
      this.#here.delete(user);
      this.#parts.changed(user, false, this.#lastSeen.get(user) ?? null);
    });
  }

  isOnline(user: UserId): boolean {
    return this.#here.has(user);
  }

  /** Those who were seen since the last call, and when; who is here counts as seen now. */
  takeLastSeen(): Map<UserId, number> {
    const seen = new Map(this.#lastSeen);
    this.#lastSeen.clear();
    const now = this.#parts.now();
    for (const user of this.#here.keys()) if (!seen.has(user)) seen.set(user, now);
    return seen;
  }

  /** Forgets the timers of those who are leaving. */
  stop(): void {
    for (const here of this.#here.values()) here.cancelLeaving?.();
  }
}

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
  /** When the last socket went; while one is here it is old. */
  leftAtMs: number;
  cancelLeaving: (() => void) | undefined;
}

/** Who is here, of one worker: a user while any socket is theirs, and for the grace period after the last. */
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
    this.#here.set(user, { sockets: 1, leftAtMs: 0, cancelLeaving: undefined });
    this.#parts.changed(user, true, null);
  }

  left(user: UserId): void {
    const here = this.#here.get(user);
    if (!here || --here.sockets > 0) return;

    here.leftAtMs = this.#parts.now();
    this.#lastSeen.set(user, here.leftAtMs);
    here.cancelLeaving = this.#parts.after(graceMs, () => {
      this.#here.delete(user);
      this.#parts.changed(user, false, here.leftAtMs);
    });
  }

  has(user: UserId): boolean {
    return this.#here.has(user);
  }

  /** Everybody who is here on this worker. */
  here(): readonly UserId[] {
    return [...this.#here.keys()];
  }

  /** Those who were seen since the last call, and when; who is here counts as seen now. */
  takeLastSeen(): Map<UserId, number> {
    const seen = new Map(this.#lastSeen);
    this.#lastSeen.clear();
    const now = this.#parts.now();
    for (const [user, { sockets }] of this.#here) if (sockets > 0) seen.set(user, now);
    return seen;
  }

  /** Forgets the timers of those who are leaving. */
  stop(): void {
    for (const here of this.#here.values()) here.cancelLeaving?.();
  }
}

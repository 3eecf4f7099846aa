import type { UserId } from "#wire/ids.ts";
import type { PresenceState } from "./registry.ts";

export interface PresenceParts {
  /** Tells those who look. `lastSeenAt` is set for who went. */
  changed(user: UserId, state: PresenceState, lastSeenAt: number | null): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back after about `ms`; returns what cancels it. */
  after(ms: number, call: () => void): () => void;
}

/** Leaving waits so long: a reload is not an absence. */
export const graceMs = 15_000;

interface Here {
  sockets: number;
  /** Of these, at whose devices nobody is. */
  awaySockets: number;
  /** How they want to be seen while they are here. */
  shownAs: PresenceState;
  told: PresenceState;
  /** When the last socket went; while one is here it is old. */
  leftAtMs: number;
  cancelLeaving: (() => void) | undefined;
}

/** Who is here, of one worker: a user while any socket is theirs, and for the grace period after the last; away while nobody is at any of them. */
export class Presence {
  readonly #parts: PresenceParts;
  readonly #here = new Map<UserId, Here>();
  readonly #lastSeen = new Map<UserId, number>();

  constructor(parts: PresenceParts) {
    this.#parts = parts;
  }

  /** One socket more, at whose device somebody is or not. */
  arrived(user: UserId, shownAs: PresenceState, isAway: boolean): void {
    const known = this.#here.get(user);
    const here = known ?? {
      sockets: 0,
      awaySockets: 0,
      shownAs,
      told: "offline",
      leftAtMs: 0,
      cancelLeaving: undefined,
    };
    here.cancelLeaving?.();
    here.cancelLeaving = undefined;
    here.sockets++;
    if (isAway) here.awaySockets++;
    here.shownAs = shownAs;
    if (!known) this.#here.set(user, here);
    this.#tell(user, here);
  }

  /** One socket is gone, at whose device somebody was or not. */
  left(user: UserId, wasAway: boolean): void {
    const here = this.#here.get(user);
    if (!here) return;
    here.sockets--;
    if (wasAway) here.awaySockets--;
    if (here.sockets > 0) return this.#tell(user, here);

    here.leftAtMs = this.#parts.now();
    if (here.shownAs !== "offline") this.#lastSeen.set(user, here.leftAtMs);
    here.cancelLeaving = this.#parts.after(graceMs, () => {
      this.#here.delete(user);
      if (here.told !== "offline") this.#parts.changed(user, "offline", here.leftAtMs);
    });
  }

  /** Nobody is at the device of one of their sockets any more, or somebody is again. */
  went(user: UserId, isAway: boolean): void {
    const here = this.#here.get(user);
    if (!here) return;
    here.awaySockets += isAway ? 1 : -1;
    this.#tell(user, here);
  }

  /** They want to be seen otherwise from now on. */
  shows(user: UserId, shownAs: PresenceState): void {
    const here = this.#here.get(user);
    if (!here || here.shownAs === shownAs) return;
    if (shownAs === "offline") this.#lastSeen.set(user, this.#parts.now());
    here.shownAs = shownAs;
    this.#tell(user, here);
  }

  stateOf(user: UserId): PresenceState {
    return this.#here.get(user)?.told ?? "offline";
  }

  /** Everybody who is seen on this worker, and how. */
  here(): readonly (readonly [UserId, PresenceState])[] {
    return [...this.#here]
      .filter(([, { told }]) => told !== "offline")
      .map(([user, { told }]) => [user, told]);
  }

  /** Those who were seen since the last call, and when; who is seen here counts as seen now. */
  takeLastSeen(): Map<UserId, number> {
    const seen = new Map(this.#lastSeen);
    this.#lastSeen.clear();
    const now = this.#parts.now();
    for (const [user, { sockets, shownAs }] of this.#here) {
      if (sockets > 0 && shownAs !== "offline") seen.set(user, now);
    }
    return seen;
  }

  /** Forgets the timers of those who are leaving. */
  stop(): void {
    for (const here of this.#here.values()) here.cancelLeaving?.();
  }

  #tell(user: UserId, here: Here): void {
    const state = stateOf(here);
    if (state === here.told) return;
    here.told = state;
    this.#parts.changed(user, state, state === "offline" ? this.#parts.now() : null);
  }
}

/** While somebody leaves they are seen as they were. */
function stateOf({ sockets, awaySockets, shownAs, told }: Here): PresenceState {
  if (shownAs === "offline") return "offline";
  if (sockets === 0) return told;
  return shownAs === "away" || awaySockets === sockets ? "away" : "here";
}

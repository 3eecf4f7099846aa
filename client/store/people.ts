import { type Signal, signal } from "@preact/signals";

import type { EventOf } from "#wire/event.ts";
import type { UserId } from "#wire/ids.ts";
import type { Row, Status } from "#wire/row.ts";
import type { Clock } from "./clock.ts";
import type { Presence } from "./model.ts";

/** What this page knows of somebody. */
export interface Known extends Presence {
  /** `undefined` until somebody told it. */
  readonly name: string | undefined;
  /** Never one that has passed. */
  readonly status: Status | null;
}

export const stranger: Known = {
  name: undefined,
  online: false,
  lastSeenAt: null,
  away: false,
  status: null,
};

/** No timer of a browser waits longer than 24 days: whoever has more to wait looks again. */
const waitMsMax = 86_400_000;

/** Everybody whom this page met: names, presence and what they say of themselves, each person a signal of their own. */
export class People {
  readonly #me: UserId;
  readonly #clock: Clock;
  readonly #stops = new Map<UserId, () => void>();
  readonly #known = new Map<UserId, Signal<Known>>();
  /** Those who wrote something here and whose name nobody told yet. */
  readonly nameless = signal<ReadonlySet<UserId>>(new Set());
  /** Those whose coming and going somebody looks at: a new socket has to be told anew. */
  readonly watched = new Set<UserId>();

  constructor(me: UserId, clock: Clock) {
    this.#me = me;
    this.#clock = clock;
  }

  of(id: UserId): Signal<Known> {
    let known = this.#known.get(id);
    if (!known) this.#known.set(id, (known = signal(stranger)));
    return known;
  }

  /** Takes what is told of somebody; what is not told stays as it is. */
  learn(id: UserId, told: Partial<Known>): void {
    // What one says of oneself stands in one's own stream, which no page of people is newer than.
    this.#take(id, id === this.#me ? { ...told, status: this.of(id).peek().status } : told);
  }

  learnOwnStatus(status: Status | null): void {
    this.#take(this.#me, { status });
  }

  #take(id: UserId, told: Partial<Known>): void {
    const known = this.of(id);
    const before = known.peek();
    const after = { ...before, ...told };
    if (this.#isPassed(after.status)) after.status = null;
    if (isSame(after, before)) return;

    known.value = after;
    if (after.name !== undefined) this.#forgetNameless([id]);
    if (after.status !== before.status) this.#waitFor(id, after.status);
  }

  /** Reads names out of rows, and notes the authors who have none. */
  learnFrom(rows: Iterable<Row>): void {
    const nameless = new Set<UserId>();
    for (const row of rows) {
      if (row.body === null) continue;
      if (row.kind === "member") this.learn(row.entity as UserId, { name: row.body.name });
      if (row.kind === "membership" && row.body.peer) {
        this.learn(row.body.peer.id, { name: row.body.peer.name });
      }
      if (row.kind === "message") nameless.add(row.body.authorId);
    }
    const found = Array.from(nameless).filter((id) => this.of(id).peek().name === undefined);
    if (found.every((id) => this.nameless.peek().has(id))) return;
    this.nameless.value = new Set([...this.nameless.peek(), ...found]);
  }

  applyPresence({ people }: EventOf<"presence">): void {
    for (const { user, online, lastSeenAt, away } of people) {
      // Nil says nothing: whoever is here, and whoever has not been asked for, has none.
      this.learn(user, lastSeenAt === null ? { online, away } : { online, away, lastSeenAt });
    }
  }

  dispose(): void {
    for (const stop of this.#stops.values()) stop();
  }

  /** Those whom the server was asked about and does not know stay without a name, and are not asked for again. */
  asked(ids: readonly UserId[]): void {
    this.#forgetNameless(ids);
  }

  /** By the clock of this page. */
  #isPassed(status: Status | null): boolean {
    return status !== null && status.until !== null && status.until <= this.#clock.now();
  }

  /** Takes a status back as soon as it has passed. */
  #waitFor(id: UserId, status: Status | null): void {
    this.#stops.get(id)?.();
    this.#stops.delete(id);
    if (!status || status.until === null) return;
    if (this.#isPassed(status)) return this.#take(id, { status: null });

    const leftMs = Math.min(status.until - this.#clock.now(), waitMsMax);
    this.#stops.set(
      id,
      this.#clock.after(leftMs, () => this.#waitFor(id, status)),
    );
  }

  #forgetNameless(ids: readonly UserId[]): void {
    if (!ids.some((id) => this.nameless.peek().has(id))) return;
    const left = new Set(this.nameless.peek());
    for (const id of ids) left.delete(id);
    this.nameless.value = left;
  }
}

/** All are made of `stranger`, so that their fields stand in one order. */
function isSame(one: Known, other: Known): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

import { type Signal, signal } from "@preact/signals";

import type { EventOf } from "#wire/event.ts";
import type { UserId } from "#wire/ids.ts";
import type { Row } from "#wire/row.ts";
import type { Presence } from "./model.ts";

/** What this page knows of somebody. */
export interface Known extends Presence {
  /** `undefined` until somebody told it. */
  readonly name: string | undefined;
}

export const stranger: Known = { name: undefined, online: false, lastSeenAt: null };

/** Everybody whom this page met: names and presence, each person a signal of their own. */
export class People {
  readonly #known = new Map<UserId, Signal<Known>>();
  /** Those who wrote something here and whose name nobody told yet. */
  readonly nameless = signal<ReadonlySet<UserId>>(new Set());
  /** Those whose coming and going somebody looks at: a new socket has to be told anew. */
  readonly watched = new Set<UserId>();

  of(id: UserId): Signal<Known> {
    let known = this.#known.get(id);
    if (!known) this.#known.set(id, (known = signal(stranger)));
    return known;
  }

  /** Takes what is told of somebody; what is not told stays as it is. */
  learn(id: UserId, told: Partial<Known>): void {
    const known = this.of(id);
    const { name, online, lastSeenAt } = { ...known.peek(), ...told };
    const { name: oldName, online: wasOnline, lastSeenAt: seenAt } = known.peek();
    if (name === oldName && online === wasOnline && lastSeenAt === seenAt) return;

    known.value = { name, online, lastSeenAt };
    if (name !== undefined) this.#forgetNameless([id]);
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
    for (const { user, online, lastSeenAt } of people) {
      // Nil says nothing: whoever is here, and whoever has not been asked for, has none.
      this.learn(user, lastSeenAt === null ? { online } : { online, lastSeenAt });
    }
  }

  /** Those whom the server was asked about and does not know stay without a name, and are not asked for again. */
  asked(ids: readonly UserId[]): void {
    this.#forgetNameless(ids);
  }

  #forgetNameless(ids: readonly UserId[]): void {
    if (!ids.some((id) => this.nameless.peek().has(id))) return;
    const left = new Set(this.nameless.peek());
    for (const id of ids) left.delete(id);
    this.nameless.value = left;
  }
}

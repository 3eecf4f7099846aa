import fc from "fast-check";

import type { EventOf, Interval, ReplyOf } from "#wire/event.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { MessageRow, Pointer } from "#wire/row.ts";
import { isUnread } from "#wire/unread.ts";

/** One change of a channel: something is said, or what was said at `at` is edited or deleted. */
export type Change =
  | { readonly what: "said"; readonly author: UserId }
  | { readonly what: "edited" | "deleted"; readonly at: Seq };

export const lobby = 7 as ChannelId;
export const ada = 1 as UserId;
export const grace = 2 as UserId;

/** What a correct server would say of a channel with this history, at any of its heads. */
export class History {
  readonly #changes: readonly Change[];

  constructor(changes: readonly Change[]) {
    this.#changes = changes;
  }

  get head(): Seq {
    return this.#changes.length;
  }

  /** The messages as they are at a head, oldest first. */
  messages(head: Seq): MessageRow[] {
    const rows = new Map<Seq, MessageRow>();
    for (const [index, change] of this.#changes.slice(0, head).entries()) {
      const seq = index + 1;
      if (change.what === "said") rows.set(seq, said(seq, change.author));
      else {
        const row = rows.get(change.at)!;
        const deleted = change.what === "deleted" || row.body!.deleted;
        const body = deleted ? "" : `edited at ${seq}`;
        rows.set(change.at, { ...row, version: seq, body: { ...row.body!, deleted, body } });
      }
    }
    return Array.from(rows.values());
  }

  /** What changed in `(from, through]`, as it is at `asOf`: state, not history. */
  interval(from: Seq, through: Seq, asOf: Seq): Interval & { op: "interval" } {
    const touched = new Set(
      this.#changes
        .slice(from, through)
        .map((change, index) => (change.what === "said" ? from + index + 1 : change.at)),
    );
    const rows = this.messages(asOf).filter(({ entity }) => touched.has(entity));
    return { op: "interval", stream: lobby, from, through, rows };
  }

  page(before: Seq, limit: number, asOf: Seq): ReplyOf<"page"> {
    const all = this.messages(asOf).filter(({ entity }) => before === 0 || entity < before);
    const rows = all.slice(-limit);
    const older = rows.length < all.length;
    return { op: "page", ref: 1, asOf, since: older ? rows[0]!.entity : 0, older, rows };
  }

  reset(limit: number, asOf: Seq): EventOf<"reset"> {
    const { since, older, rows } = this.page(0, limit, asOf);
    return { op: "reset", stream: lobby, through: asOf, since, older, rows };
  }

  summary(asOf: Seq, me: UserId, pointer: Pointer): EventOf<"summary"> {
    const messages = this.messages(asOf);
    const reader = { userId: me, readFrom: pointer.readFrom, blocked: new Set<UserId>() };
    const unread = messages.filter((row) => isUnread(row, reader)).length;
    const lastMessage = messages.at(-1) ?? null;
    return { op: "summary", channel: lobby, asOf, lastMessage, unread, ...pointer };
  }
}

function said(seq: Seq, authorId: UserId): MessageRow {
  const body = {
    authorId,
    createdAt: 1_000 * seq,
    clientMessageId: idAt(seq),
    system: false,
    rootSeq: null,
    editedAt: null,
    deleted: false,
    body: `said at ${seq}`,
  };
  return { kind: "message", entity: seq, version: seq, body };
}

export function idAt(seq: Seq): string {
  return `00000000-0000-7000-8000-${String(seq).padStart(12, "0")}`;
}

/** Histories that begin with something said; a change is always of something that exists. */
export const anyHistory: fc.Arbitrary<History> = fc
  .array(fc.tuple(fc.nat(5), fc.nat(1_000)), { minLength: 1, maxLength: 30 })
  .map((choices) => {
    const changes: Change[] = [];
    const addresses: Seq[] = [];
    for (const [kind, pick] of choices) {
      const at = addresses[pick % Math.max(addresses.length, 1)];
      if (kind === 0 && at !== undefined) changes.push({ what: "edited", at });
      else if (kind === 1 && at !== undefined) changes.push({ what: "deleted", at });
      else {
        changes.push({ what: "said", author: kind % 2 === 0 ? ada : grace });
        addresses.push(changes.length);
      }
    }
    return new History(changes);
  });

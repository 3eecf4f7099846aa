import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { Pointer } from "#wire/row.ts";
import type { Placed } from "../../fanout/cut.ts";
import type { CaughtUp } from "../../store/catch-up.ts";
import type { Draft, Inserted, Stored } from "../../store/insert-messages.ts";
import type { PointerMove, PointerMoved } from "../../store/pointer.ts";
import type { Summary } from "../../store/summary.ts";

interface Channel {
  readonly members: Map<UserId, Pointer>;
  /** The message at `seq` stands at `seq - 1`: nothing but messages changes here. */
  readonly messages: StoredMessage[];
}

/** A user's own: nothing but pointers changes here. */
interface OwnStream {
  head: Seq;
  /** When the pointer of a channel changed last. */
  readonly changes: Map<ChannelId, Seq>;
}

export interface StoredMessage {
  readonly draft: Draft;
  readonly seq: Seq;
  readonly createdAt: number;
}

/** What the core needs of PostgreSQL, for channels whose members stay. `store-contract.ts` holds both to the same. */
export class MemoryStore {
  readonly #channels = new Map<ChannelId, Channel>();
  readonly #own = new Map<UserId, OwnStream>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  addChannel(id: ChannelId, members: readonly UserId[]): void {
    const atStart = { readSeq: 0, deliveredSeq: 0, readFrom: 0 };
    const pointers = members.map((userId) => [userId, atStart] as const);
    this.#channels.set(id, { members: new Map(pointers), messages: [] });
    for (const userId of members) {
      if (!this.#own.has(userId)) this.#own.set(userId, { head: 0, changes: new Map() });
    }
  }

  /** As `insertMessages`. */
  insert(drafts: readonly Draft[], sends: readonly number[]): Inserted {
    const headsBefore = new Map<ChannelId, Seq>();
    const stopped = new Set<number>();
    const fates = drafts.map((draft, at): Inserted["fates"][number] => {
      const known = this.findKnown(draft);
      if (known) return { seq: known.seq, createdAt: known.createdAt, born: false };
      if (stopped.has(sends[at]!)) return { refused: "skipped" };
      const channel = this.#channels.get(draft.channelId);
      if (!channel?.members.has(draft.authorId)) {
        stopped.add(sends[at]!);
        return { refused: "not_a_member" };
      }
      const head = channel.messages.length;
      if (!isRoot(channel, draft.rootSeq, headsBefore.get(draft.channelId) ?? head)) {
        stopped.add(sends[at]!);
        return { refused: "root_unknown" };
      }
      if (!headsBefore.has(draft.channelId)) headsBefore.set(draft.channelId, head);
      return append(channel, { draft, seq: head + 1, createdAt: this.#now() });
    });
    return { fates, headsBefore };
  }

  /** An id is the author's, in a channel. */
  findKnown({ channelId, authorId, clientMessageId }: Draft): StoredMessage | undefined {
    return this.messages(channelId).find(
      ({ draft }) => draft.authorId === authorId && draft.clientMessageId === clientMessageId,
    );
  }

  messages(channelId: ChannelId): readonly StoredMessage[] {
    return this.#channels.get(channelId)?.messages ?? [];
  }

  /** As `movePointers`, where the members are few enough to see each other's. */
  movePointers(moves: readonly PointerMove[]): PointerMoved[] {
    return moves
      .toSorted((one, other) => one.userId - other.userId || one.channelId - other.channelId)
      .flatMap((move) => this.#movePointer(move) ?? []);
  }

  #movePointer(move: PointerMove): PointerMoved | undefined {
    const { channelId, userId } = move;
    const before = this.pointerOf(userId, channelId);
    if (!before) return undefined;
    const head = this.messages(channelId).length;
    const clamped = (seq: Seq | null): Seq | null => (seq === null ? null : Math.min(seq, head));
    const after = this.moved(before, {
      readSeq: clamped(move.readSeq),
      deliveredSeq: clamped(move.deliveredSeq),
      readFrom: clamped(move.readFrom),
    });
    const isRead = after.readSeq > before.readSeq;
    const seen = isRead || after.deliveredSeq > before.deliveredSeq;
    if (!seen && after.readSeq === before.readSeq && after.readFrom === before.readFrom) {
      return undefined;
    }
    const own = this.#own.get(userId)!;
    const seq = ++own.head;
    own.changes.set(channelId, seq);
    this.#channels.get(channelId)!.members.set(userId, after);
    return { channelId, userId, ...after, seq, seen, showsReceipts: true };
  }

  /** Where a pointer stands after a move that asks for no more than the head. */
  moved(before: Pointer, { readSeq, deliveredSeq, readFrom }: AskedPointer): Pointer {
    return {
      readSeq: Math.max(before.readSeq, readSeq ?? 0),
      deliveredSeq: Math.max(before.deliveredSeq, deliveredSeq ?? 0, readSeq ?? 0),
      readFrom: readFrom ?? Math.max(before.readFrom, readSeq ?? 0),
    };
  }

  /** As `readSummaries`, of one channel. */
  readSummary(userId: UserId, channelId: ChannelId): Summary | undefined {
    const pointer = this.pointerOf(userId, channelId);
    if (!pointer) return undefined;
    const messages = this.messages(channelId);
    const last = messages.findLast(({ draft }) => draft.rootSeq === null);
    const unread = messages.filter((message) => this.counts(message, userId, pointer.readFrom));
    return {
      channel: channelId,
      asOf: messages.length,
      lastMessage: last ? rowOf(last).row : null,
      unread: Math.min(unread.length, limits.unreadMax),
      ...pointer,
    };
  }

  /** As the statement of `readSummaries` counts. */
  counts({ draft, seq }: StoredMessage, userId: UserId, readFrom: Seq): boolean {
    return draft.rootSeq === null && seq > readFrom && draft.authorId !== userId;
  }

  pointerOf(userId: UserId, channelId: ChannelId): Pointer | undefined {
    return this.#channels.get(channelId)?.members.get(userId);
  }

  readHeads(streams: readonly StreamId[]): Map<StreamId, Seq> {
    return new Map(
      streams.flatMap((stream) => {
        const head =
          this.#channels.get(stream as ChannelId)?.messages.length ??
          this.#own.get(stream as UserId)?.head;
        return head === undefined ? [] : [[stream, head] as const];
      }),
    );
  }

  /** As `readStream`. */
  readStream(stream: StreamId, from: Seq, rowsMax: number): CaughtUp | undefined {
    const channel = this.#channels.get(stream as ChannelId);
    if (channel) {
      // One more than fits, as the statement reads.
      const rows = channel.messages.slice(from, from + rowsMax + 1).map(rowOf);
      return page(stream, from, rowsMax, channel.messages.length, rows);
    }
    const own = this.#own.get(stream as UserId);
    return own && page(stream, from, rowsMax, own.head, this.#pointerRows(stream as UserId, from));
  }

  #pointerRows(userId: UserId, from: Seq): Placed[] {
    return [...this.#own.get(userId)!.changes]
      .filter(([, seq]) => seq > from)
      .toSorted(([, one], [, other]) => one - other)
      .map(([channelId, seq]) => {
        const body = this.pointerOf(userId, channelId)!;
        return { position: seq, row: { kind: "pointer", entity: channelId, version: seq, body } };
      });
  }

  readMemberOf(userId: UserId, channels: readonly ChannelId[]): Set<ChannelId> {
    return new Set(channels.filter((id) => this.pointerOf(userId, id)));
  }
}

export type AskedPointer = Pick<PointerMove, "readSeq" | "deliveredSeq" | "readFrom">;

/** As `collect` in `store/catch-up.ts`. */
function page(
  stream: StreamId,
  from: Seq,
  rowsMax: number,
  head: Seq,
  found: readonly Placed[],
): CaughtUp {
  const cut = found.length > rowsMax;
  const rows = found.slice(0, rowsMax);
  return { stream, from, through: cut ? rows.at(-1)!.position : head, head, cut, rows };
}

/** Whether that can be replied to, in a channel that ended at `headBefore` when the statement looked; null is no reply. */
function isRoot({ messages }: Channel, rootSeq: Seq | null, headBefore: Seq): boolean {
  if (rootSeq === null) return true;
  return rootSeq <= headBefore && messages[rootSeq - 1]?.draft.rootSeq === null;
}

function append({ messages }: Channel, message: StoredMessage): Stored {
  messages.push(message);
  return { seq: message.seq, createdAt: message.createdAt, born: true };
}

function rowOf({ draft, seq, createdAt }: StoredMessage): Placed {
  const { authorId, clientMessageId, rootSeq, body } = draft;
  return {
    position: seq,
    row: {
      kind: "message",
      entity: seq,
      version: seq,
      body: {
        authorId,
        createdAt,
        clientMessageId,
        system: false,
        rootSeq,
        editedAt: null,
        deleted: false,
        body,
      },
    },
  };
}

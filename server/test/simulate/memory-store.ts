import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { MessageRow, Pointer, Row } from "#wire/row.ts";
import type { Placed } from "../../fanout/cut.ts";
import type { CaughtUp } from "../../store/catch-up.ts";
import {
  memberRow,
  membershipsGone,
  membershipsTouched,
  settingsRow,
} from "../../store/group-rows.ts";
import type { Draft, Inserted, Stored } from "../../store/insert-messages.ts";
import type { PointerMove, PointerMoved } from "../../store/pointer.ts";
import type { Summary } from "../../store/summary.ts";
import { type Channel, MemoryGroups, type StoredMessage } from "./memory-groups.ts";
import { pageOf } from "./memory-stream.ts";

/** What the core needs of PostgreSQL. `store-contract.ts` holds both to the same. */
export class MemoryStore extends MemoryGroups {
  /** As `insertMessages`. */
  insert(drafts: readonly Draft[], sends: readonly number[]): Inserted {
    const headsBefore = new Map<ChannelId, Seq>();
    const stopped = new Set<number>();
    const fates = drafts.map((draft, at): Inserted["fates"][number] => {
      const known = this.findKnown(draft);
      if (known) return { seq: known.seq, createdAt: known.createdAt, born: false };
      if (stopped.has(sends[at]!)) return { refused: "skipped" };
      const channel = this.channels.get(draft.channelId);
      if (!channel?.members.has(draft.authorId)) {
        stopped.add(sends[at]!);
        return { refused: "not_a_member" };
      }
      if (!isRoot(channel, draft.rootSeq, headsBefore.get(draft.channelId) ?? channel.head)) {
        stopped.add(sends[at]!);
        return { refused: "root_unknown" };
      }
      if (!headsBefore.has(draft.channelId)) headsBefore.set(draft.channelId, channel.head);
      return append(channel, { draft, seq: channel.head + 1, createdAt: this.now() });
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
    return [...(this.channels.get(channelId)?.messages.values() ?? [])];
  }

  message(channelId: ChannelId, seq: Seq): StoredMessage | undefined {
    return this.channels.get(channelId)?.messages.get(seq);
  }

  /** As `movePointers`, where the members are few enough to see each other's. */
  movePointers(moves: readonly PointerMove[]): PointerMoved[] {
    return moves
      .toSorted((one, other) => one.userId - other.userId || one.channelId - other.channelId)
      .flatMap((move) => this.#movePointer(move) ?? []);
  }

  #movePointer(move: PointerMove): PointerMoved | undefined {
    const { channelId, userId } = move;
    const channel = this.channels.get(channelId);
    const member = channel?.members.get(userId);
    if (!channel || !member) return undefined;
    const { head } = channel;
    const before = member.pointer;
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
    const user = this.users.get(userId)!;
    user.changes.set("pointer", channelId, ++user.head);
    member.pointer = after;
    return { channelId, userId, ...after, seq: user.head, seen, showsReceipts: true };
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
      asOf: this.channels.get(channelId)!.head,
      lastMessage: last ? messageRow(last) : null,
      unread: Math.min(unread.length, limits.unreadMax),
      ...pointer,
    };
  }

  /** As the statement of `readSummaries` counts. */
  counts({ draft, seq }: StoredMessage, userId: UserId, readFrom: Seq): boolean {
    return draft.rootSeq === null && seq > readFrom && draft.authorId !== userId;
  }

  pointerOf(userId: UserId, channelId: ChannelId): Pointer | undefined {
    return this.channels.get(channelId)?.members.get(userId)?.pointer;
  }

  /** As `readPointers`. */
  readPointers(channelId: ChannelId, userId: UserId) {
    const members = this.channels.get(channelId)?.members;
    if (!members?.has(userId)) return undefined;
    return [...members.values()]
      .filter(({ id }) => id !== userId)
      .map(({ id, pointer: { readSeq, deliveredSeq } }) => ({ user: id, readSeq, deliveredSeq }))
      .toSorted((one, other) => one.user - other.user);
  }

  readHeads(streams: readonly StreamId[]): Map<StreamId, Seq> {
    return new Map(
      streams.flatMap((stream) => {
        const found = this.channels.get(stream as ChannelId) ?? this.users.get(stream as UserId);
        return found ? [[stream, found.head] as const] : [];
      }),
    );
  }

  /** As `readStream`. */
  readStream(stream: StreamId, from: Seq, rowsMax: number): CaughtUp | undefined {
    const channel = this.channels.get(stream as ChannelId);
    if (channel) {
      return pageOf(stream, from, rowsMax, channel.head, this.#channelRows(channel, from));
    }
    const user = this.users.get(stream as UserId);
    return user && pageOf(stream, from, rowsMax, user.head, this.#ownRows(stream as UserId, from));
  }

  #channelRows(channel: Channel, from: Seq): Placed[] {
    const births = [...channel.messages.values()].filter(({ seq }) => seq > from).map(messageRow);
    return [...births, ...this.#stateRows(channel, from)]
      .map((row) => ({ position: row.version, row }))
      .toSorted((one, other) => one.position - other.position);
  }

  #stateRows({ changes, members, name }: Channel, from: Seq): Row[] {
    return changes.after(from).map(({ kind, entity, seq }): Row => {
      if (kind === "settings") return settingsRow(seq, name);
      const member = members.get(entity as UserId);
      return member ? memberRow(member, seq) : { kind: "member", entity, version: seq, body: null };
    });
  }

  #ownRows(userId: UserId, from: Seq): Placed[] {
    return this.users
      .get(userId)!
      .changes.after(from)
      .map(({ kind, entity, seq }) => {
        const channel = this.channels.get(entity as ChannelId)!;
        const member = channel.members.get(userId);
        const heads = new Map([[userId, seq]]);
        if (kind === "membership") {
          const touched = member
            ? membershipsTouched(channel, [member], heads)
            : membershipsGone(channel.id, heads);
          return touched[0]!.rows[0]!;
        }
        const body = member?.pointer ?? null;
        return { position: seq, row: { kind: "pointer", entity, version: seq, body } };
      });
  }

  /** As `readPage`, of the newest. */
  readPage(userId: UserId, channelId: ChannelId, rowsMax: number) {
    const channel = this.channels.get(channelId);
    if (!channel?.members.has(userId)) return undefined;
    const all = this.messages(channelId);
    const rows = all.slice(-rowsMax).map(messageRow);
    const older = all.length > rowsMax;
    return { asOf: channel.head, since: older ? rows[0]!.entity : 0, older, rows };
  }

  /** As `readState`. */
  readState(channelId: ChannelId, rowsMax: number): Row[] {
    return this.#stateRows(this.channels.get(channelId)!, 0)
      .toReversed()
      .slice(0, rowsMax)
      .filter(({ body }) => body !== null);
  }

  /** As `readMemberships`. */
  readMemberships(userId: UserId) {
    return [...this.channels.values()]
      .flatMap(({ id, head, members, messages }) => {
        const member = members.get(userId);
        if (!member) return [];
        const last = [...messages.values()].findLast(({ draft }) => draft.rootSeq === null);
        const activeAtMs = last?.createdAt ?? member.joinedAt.getTime();
        return { channelId: id, isDirect: false, head, activeAtMs };
      })
      .toSorted(
        (one, other) => other.activeAtMs - one.activeAtMs || other.channelId - one.channelId,
      );
  }

  readMemberOf(userId: UserId, channels: readonly ChannelId[]): Set<ChannelId> {
    return new Set(channels.filter((id) => this.pointerOf(userId, id)));
  }
}

export type AskedPointer = Pick<PointerMove, "readSeq" | "deliveredSeq" | "readFrom">;

/** Whether that can be replied to, in a channel that ended at `headBefore` when the statement looked; null is no reply. */
function isRoot({ messages }: Channel, rootSeq: Seq | null, headBefore: Seq): boolean {
  if (rootSeq === null) return true;
  return rootSeq <= headBefore && messages.get(rootSeq)?.draft.rootSeq === null;
}

function append(channel: Channel, message: StoredMessage): Stored {
  channel.messages.set(message.seq, message);
  channel.head = message.seq;
  return { seq: message.seq, createdAt: message.createdAt, born: true };
}

function messageRow({ draft, seq, createdAt }: StoredMessage): MessageRow {
  const { authorId, clientMessageId, rootSeq, body } = draft;
  return {
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
  };
}

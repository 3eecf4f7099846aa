import type { Seq, UserId } from "#wire/ids.ts";
import type { ChannelKind, MemberRole, MessageRow, Row, RowKind } from "#wire/row.ts";
import { rowKinds } from "#wire/row.ts";
import { type ProfileColumns, profileOf } from "./profile.ts";

/** Columns of a message as the statements of this room name them. */
export interface MessageColumns {
  author_id: UserId;
  created_at: Date;
  client_message_id: string;
  message_kind: number;
  root_seq: Seq | null;
  edited_at: Date | null;
  deleted_at: Date | null;
  body: string;
}

/** Columns of a change, joined to the present state of what changed; null where it is gone. */
export interface ChangeColumns extends MessageColumns, ProfileColumns {
  kind: number;
  entity: number;
  /** Where it is not the position. */
  version?: Seq | null;
  there: boolean;
  member_name: string | null;
  member_role: MemberRole | null;
  joined_at: Date | null;
  text_id: string | null;
  channel_kind: ChannelKind | null;
  channel_name: string | null;
  peer_id: UserId | null;
  peer_name: string | null;
  read_seq: Seq | null;
  delivered_seq: Seq | null;
  read_from: Seq | null;
}

const textKind = 0;

export function messageRow(entity: Seq, version: Seq, columns: MessageColumns): MessageRow {
  return {
    kind: "message",
    entity,
    version,
    body: {
      authorId: columns.author_id,
      createdAt: columns.created_at.getTime(),
      clientMessageId: columns.client_message_id,
      system: columns.message_kind !== textKind,
      rootSeq: columns.root_seq,
      editedAt: columns.edited_at?.getTime() ?? null,
      deleted: columns.deleted_at !== null,
      body: columns.body,
    },
  };
}

const kindOfNumber = new Map<number, RowKind>(
  (Object.keys(rowKinds) as RowKind[]).map((kind) => [rowKinds[kind].number, kind]),
);

/** The row of a change at this position, as it is now; a change whose thing is no longer there is a tombstone. */
export function changeRow(position: Seq, columns: ChangeColumns): Row {
  const { entity } = columns;
  const version = columns.version ?? position;
  const kind = kindOfNumber.get(columns.kind);
  if (!kind) throw new Error(`the store holds a change of the unknown kind ${columns.kind}`);
  if (!columns.there) return { kind, entity, version, body: null };
  switch (kind) {
    case "message":
      return messageRow(entity, version, columns);
    case "member":
      return {
        kind,
        entity,
        version,
        body: {
          name: columns.member_name!,
          role: columns.member_role!,
          joinedAt: columns.joined_at!.getTime(),
        },
      };
    case "settings":
      return {
        kind,
        entity,
        version,
        body: { kind: columns.channel_kind!, name: columns.channel_name },
      };
    case "membership":
      return {
        kind,
        entity,
        version,
        body: {
          textId: columns.text_id!,
          kind: columns.channel_kind!,
          name: columns.channel_name,
          role: columns.member_role!,
          peer: columns.peer_id === null ? null : { id: columns.peer_id, name: columns.peer_name! },
          joinedAt: columns.joined_at!.getTime(),
        },
      };
    case "pointer":
      return {
        kind,
        entity,
        version,
        body: {
          readSeq: columns.read_seq!,
          deliveredSeq: columns.delivered_seq!,
          readFrom: columns.read_from!,
        },
      };
    case "profile":
      return { kind, entity, version, body: profileOf(columns) };
  }
}

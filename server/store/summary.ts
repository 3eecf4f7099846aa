import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { EventOf } from "#wire/event.ts";
import type { Database } from "./database.ts";
import { messageRow, type MessageColumns } from "./rows.ts";

export type Summary = Omit<EventOf<"summary">, "op">;

interface SummaryRow extends MessageColumns {
  channel_id: ChannelId;
  head: Seq;
  unread: number;
  read_seq: Seq;
  delivered_seq: Seq;
  read_from: Seq;
  last_seq: Seq | null;
  last_version: Seq;
}

/**
 * The line in the list of each of these channels, for one user, in one statement: newest message, unread after `readFrom` counted to 100
 * (the same definition as `#wire/unread.ts`), own pointers and the head that it all is as of. Channels of which the user is no member
 * are left out.
 */
export async function readSummaries(
  sql: Database,
  userId: UserId,
  channels: readonly ChannelId[],
): Promise<Summary[]> {
  const rows = await sql<SummaryRow[]>`
    select c.id as channel_id, c.head, m.read_seq, m.delivered_seq, m.read_from,
           (select count(*) from (
             select from messages x
              where x.channel_id = c.id and x.counts and x.seq > m.read_from and x.author_id <> m.user_id limit ${limits.unreadMax}
           ) unread) as unread,
           last.seq as last_seq, coalesce(changed.seq, last.seq) as last_version, last.author_id, last.created_at, last.client_message_id,
           last.kind as message_kind, last.root_seq, last.edited_at, last.deleted_at, last.body
      from unnest(${channels as ChannelId[]}::bigint[]) with ordinality as a (channel_id, ord)
     cross join lateral (
       select m.* from members m where m.channel_id = a.channel_id and m.user_id = ${userId} limit 1
     ) m
     cross join lateral (
       select c.* from channels c where c.id = m.channel_id and c.deleted_at is null limit 1
     ) c
      left join lateral (
        select x.* from messages x where x.channel_id = c.id and x.seq = c.last_message_seq limit 1
      ) last on true
      left join lateral (
        select x.seq from changes x where x.stream_id = c.id and x.kind = 1 and x.entity = last.seq limit 1
      ) changed on true
     order by a.ord`;
  return rows.map((row) => ({
    channel: row.channel_id,
    asOf: row.head,
    lastMessage: row.last_seq === null ? null : messageRow(row.last_seq, row.last_version, row),
    unread: row.unread,
    readSeq: row.read_seq,
    deliveredSeq: row.delivered_seq,
    readFrom: row.read_from,
  }));
}

/** All channels of a user, newest activity first, with the head of each and when something happened in it last. */
export async function readMemberships(
  sql: Database,
  userId: UserId,
): Promise<{ channelId: ChannelId; isDirect: boolean; head: Seq; activeAtMs: number }[]> {
  const rows = await sql<
    { channel_id: ChannelId; is_direct: boolean; head: Seq; active_at: Date }[]
  >`
    select c.id as channel_id, c.kind = 'direct' as is_direct, c.head, coalesce(last.created_at, m.joined_at) as active_at
      from members m
     cross join lateral (
       select c.* from channels c where c.id = m.channel_id and c.deleted_at is null limit 1
     ) c
      left join lateral (
        select x.created_at from messages x where x.channel_id = c.id and x.seq = c.last_message_seq limit 1
      ) last on true
     where m.user_id = ${userId}
     order by coalesce(last.created_at, m.joined_at) desc, c.id desc`;
  return rows.map((row) => ({
    channelId: row.channel_id,
    isDirect: row.is_direct,
    head: row.head,
    activeAtMs: row.active_at.getTime(),
  }));
}

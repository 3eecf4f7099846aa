import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { EventOf } from "#wire/event.ts";
import type { Database } from "./database.ts";
import { messageRow, type MessageColumns } from "./rows.ts";

export type Summary = Omit<EventOf<"summary">, "op">;

/** A channel, for one user. */
export interface OfUser {
  readonly userId: UserId;
  readonly channelId: ChannelId;
}

interface SummaryRow extends MessageColumns {
  at: number;
  head: Seq;
  unread: number;
  read_seq: Seq;
  delivered_seq: Seq;
  read_from: Seq;
  last_seq: Seq | null;
  last_version: Seq;
}

/**
 * The line in the list of each of these channels, each for its user, in one statement: newest message, unread after `readFrom` counted to 100
 * (the same definition as `#wire/unread.ts`), own pointers and the head that it all is as of. Undefined for a channel of which the user is no member.
 */
export async function readSummaries(
  sql: Database,
  asked: readonly OfUser[],
): Promise<(Summary | undefined)[]> {
  const rows = await sql<SummaryRow[]>`
    select a.at, c.head, m.read_seq, m.delivered_seq, m.read_from,
           (select count(*) from (
             select from messages x
              where x.channel_id = c.id and x.counts and x.seq > m.read_from and x.author_id <> m.user_id limit ${limits.unreadMax}
           ) unread) as unread,
           last.seq as last_seq, coalesce(changed.seq, last.seq) as last_version, last.author_id, last.created_at, last.client_message_id,
           last.kind as message_kind, last.root_seq, last.edited_at, last.deleted_at, last.body
      from unnest(${asked.map((one) => one.userId)}::bigint[], ${asked.map((one) => one.channelId)}::bigint[])
           with ordinality as a (user_id, channel_id, at)
     cross join lateral (
       select m.* from members m where m.channel_id = a.channel_id and m.user_id = a.user_id limit 1
     ) m
     cross join lateral (
       select c.* from channels c where c.id = m.channel_id and c.deleted_at is null limit 1
     ) c
      left join lateral (
        select x.* from messages x where x.channel_id = c.id and x.seq = c.last_message_seq limit 1
      ) last on true
      left join lateral (
        select x.seq from changes x where x.stream_id = c.id and x.kind = 1 and x.entity = last.seq limit 1
      ) changed on true`;
  const found: (Summary | undefined)[] = asked.map(() => undefined);
  for (const row of rows) {
    const at = row.at - 1;
    found[at] = summaryOf(asked[at]!.channelId, row);
  }
  return found;
}

const summaryOf = (channel: ChannelId, row: SummaryRow): Summary => ({
  channel,
  asOf: row.head,
  lastMessage: row.last_seq === null ? null : messageRow(row.last_seq, row.last_version, row),
  unread: row.unread,
  readSeq: row.read_seq,
  deliveredSeq: row.delivered_seq,
  readFrom: row.read_from,
});

/** That a user is in a channel. */
export interface Membership {
  readonly channelId: ChannelId;
  readonly isDirect: boolean;
  readonly head: Seq;
  readonly activeAtMs: number;
}

/** All channels of each of these users, newest activity first, with the head of each and when something happened in it last. */
export async function readMemberships(
  sql: Database,
  users: readonly UserId[],
): Promise<Membership[][]> {
  const rows = await sql<
    { at: number; channel_id: ChannelId; is_direct: boolean; head: Seq; active_at_ms: number }[]
  >`
    select a.at, c.id as channel_id, c.kind = 'direct' as is_direct, c.head,
           (extract(epoch from coalesce(last.created_at, m.joined_at)) * 1000)::bigint as active_at_ms
      from unnest(${users as UserId[]}::bigint[]) with ordinality as a (user_id, at)
     cross join lateral (select m.* from members m where m.user_id = a.user_id offset 0) m
     cross join lateral (
       select c.* from channels c where c.id = m.channel_id and c.deleted_at is null limit 1
     ) c
      left join lateral (
        select x.created_at from messages x where x.channel_id = c.id and x.seq = c.last_message_seq limit 1
      ) last on true
     order by a.at, coalesce(last.created_at, m.joined_at) desc, c.id desc`;
  const found: Membership[][] = users.map(() => []);
  for (const { at, channel_id: channelId, is_direct: isDirect, head, active_at_ms } of rows) {
    found[at - 1]!.push({ channelId, isDirect, head, activeAtMs: active_at_ms });
  }
  return found;
}

import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { ReplyOf } from "#wire/event.ts";
import { limits } from "#wire/limits.ts";
import type { Database } from "./database.ts";

export type Receipt = ReplyOf<"receiptsPage">["receipts"][number];

/**
 * What became of one message at each of the others who were members when it was said and still are. Undefined where there is no such message, or the
 * user is no member. What somebody has read is not told where one of the two keeps it to themselves.
 */
export async function readReceipts(
  sql: Database,
  channelId: ChannelId,
  userId: UserId,
  seq: Seq,
): Promise<Receipt[] | undefined> {
  const rows = await sql<
    {
      user: UserId | null;
      readSeq: Seq;
      deliveredSeq: Seq;
      readMarks: number[];
      deliveredMarks: number[];
    }[]
  >`
    select o.user_id as user, case when o.shows_receipts and own.shows_receipts then o.read_seq else 0 end as "readSeq", o.delivered_seq as "deliveredSeq",
           case when o.shows_receipts and own.shows_receipts then o.read_marks else '{}' end as "readMarks", o.delivered_marks as "deliveredMarks"
      from (
        select m.*, (select u.shows_receipts from users u where u.id = m.user_id) as shows_receipts from members m
      ) own
      join channels c on c.id = own.channel_id and c.deleted_at is null
     cross join lateral (
       select m.author_id, m.created_at from messages m where m.channel_id = c.id and m.seq = ${seq} limit 1
     ) message
      left join lateral (
        select m.*, (select u.shows_receipts from users u where u.id = m.user_id) as shows_receipts
          from members m
         where m.channel_id = c.id and m.user_id <> message.author_id and date_trunc('milliseconds', m.joined_at) <= message.created_at
         order by m.read_seq desc, m.user_id limit ${limits.groupMembersMax}
      ) o on true
     where own.channel_id = ${channelId} and own.user_id = ${userId}
     order by "readSeq" desc, o.user_id`;
  if (rows.length === 0) return undefined;

  return rows.flatMap(({ user, readSeq, deliveredSeq, readMarks, deliveredMarks }) =>
    user === null
      ? []
      : {
          user,
          delivered: deliveredSeq >= seq,
          deliveredAt: whenReached(deliveredMarks, seq),
          read: readSeq >= seq,
          readAt: whenReached(readMarks, seq),
        },
  );
}

/** Moves that are kept per pointer; `moved` of `sql/004_groups.sql` cuts there. */
const movesKept = 16;

/**
 * When a pointer first stood at or beyond an address: from its newest moves, `[seq, milliseconds, …]`, newest first. Null where it has
 * not, and where older moves were forgotten that may have been the first.
 */
export function whenReached(marks: readonly number[], seq: Seq): number | null {
  let at: number | null = null;
  let place = 0;
  while (place < marks.length && marks[place]! >= seq) {
    at = marks[place + 1]!;
    place += 2;
  }
  const isForgotten = place >= marks.length && marks.length >= movesKept * 2;
  return isForgotten ? null : at;
}

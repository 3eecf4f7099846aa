import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { Database } from "./database.ts";

/** What somebody asks of their own pointers in a channel; null leaves one as it is. */
export interface PointerMove {
  readonly channelId: ChannelId;
  readonly userId: UserId;
  readonly readSeq: Seq | null;
  readonly deliveredSeq: Seq | null;
  readonly readFrom: Seq | null;
}

/** Pointers as they stand after a move, and the number that the move took in the user's own stream. */
export interface PointerMoved {
  readonly channelId: ChannelId;
  readonly userId: UserId;
  readonly readSeq: Seq;
  readonly deliveredSeq: Seq;
  readonly readFrom: Seq;
  readonly seq: Seq;
  /** Others can see a difference: they do in channels of at most `membersWithPointersMax` members. */
  readonly seen: boolean;
  /** Others may see what the user has read. */
  readonly showsReceipts: boolean;
}

/**
 * Moves pointers, clamped to the head: at most one move per channel and user. Resolves, committed, with those that really moved; each
 * user's numbers are dense and in order. Who is no member moves nothing.
 */
export async function movePointers(
  sql: Database,
  moves: readonly PointerMove[],
): Promise<PointerMoved[]> {
  const rows = await sql<
    {
      channel_id: ChannelId;
      user_id: UserId;
      read_seq: Seq;
      delivered_seq: Seq;
      read_from: Seq;
      seq: Seq;
      seen: boolean;
      shows_receipts: boolean;
    }[]
  >`
    select moved.*, (select u.shows_receipts from users u where u.id = moved.user_id) from move_pointers(
      ${moves.map((move) => move.channelId)}::bigint[],
      ${moves.map((move) => move.userId)}::bigint[],
      ${moves.map((move) => move.readSeq)}::bigint[],
      ${moves.map((move) => move.deliveredSeq)}::bigint[],
      ${moves.map((move) => move.readFrom)}::bigint[],
      ${membersWithPointersMax}
    ) moved order by user_id, seq`;
  return rows.map((row) => ({
    channelId: row.channel_id,
    userId: row.user_id,
    readSeq: row.read_seq,
    deliveredSeq: row.delivered_seq,
    readFrom: row.read_from,
    seq: row.seq,
    seen: row.seen,
    showsReceipts: row.shows_receipts,
  }));
}

/**
 * Pointers of the other members; none where there are too many for ticks, undefined where the user is no member. What somebody has read is 0 where one of the two
 * keeps it to themselves.
 */
export async function readPointers(
  sql: Database,
  channelId: ChannelId,
  userId: UserId,
): Promise<{ user: UserId; readSeq: Seq; deliveredSeq: Seq }[] | undefined> {
  const rows = await sql<
    { user_id: UserId; read_seq: Seq; delivered_seq: Seq; shows_receipts: boolean }[]
  >`
    select m.user_id, m.read_seq, m.delivered_seq,
           (select u.shows_receipts from users u where u.id = m.user_id)
      from members m
      join channels c on c.id = m.channel_id and c.deleted_at is null
     where m.channel_id = ${channelId}
       and exists (select from members own where own.channel_id = ${channelId} and own.user_id = ${userId})
     order by m.user_id limit ${membersWithPointersMax + 1}`;
  if (rows.length === 0) return undefined;
  if (rows.length > membersWithPointersMax) return [];

  const own = rows.find((row) => row.user_id === userId);
  return rows
    .filter((row) => row !== own)
    .map((row) => ({
      user: row.user_id,
      readSeq: row.shows_receipts && own?.shows_receipts ? row.read_seq : 0,
      deliveredSeq: row.delivered_seq,
    }));
}

/** In larger channels a tick means committed, and who has read is a query. */
export const membersWithPointersMax = 32;

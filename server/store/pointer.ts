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
  /** Others can see a difference. */
  readonly seen: boolean;
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
      read_moved: boolean;
    }[]
  >`
    select * from move_pointers(
      ${moves.map((move) => move.channelId)}::bigint[],
      ${moves.map((move) => move.userId)}::bigint[],
      ${moves.map((move) => move.readSeq)}::bigint[],
      ${moves.map((move) => move.deliveredSeq)}::bigint[],
      ${moves.map((move) => move.readFrom)}::bigint[]
    ) order by user_id, seq`;
  return rows.map((row) => ({
    channelId: row.channel_id,
    userId: row.user_id,
    readSeq: row.read_seq,
    deliveredSeq: row.delivered_seq,
    readFrom: row.read_from,
    seq: row.seq,
    seen: row.read_moved,
  }));
}

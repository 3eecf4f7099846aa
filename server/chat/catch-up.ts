import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { Row } from "#wire/row.ts";
import { cutIntervals, rowBytesMax } from "../fanout/cut.ts";
import type { Session } from "../session/session.ts";
import type { CaughtUp } from "../store/catch-up.ts";
import { type HeldChannel, readLimits } from "../store/reads.ts";
import { identityOf } from "./identity.ts";
import type { ChatParts } from "./parts.ts";

/** What somebody holds of a stream; 0 is nothing. */
export interface Held {
  readonly stream: StreamId;
  readonly cursor: Seq;
}

const catchUpLimits = {
  /** Members and settings that come with a `reset`. */
  stateRowsMax: 100,
  stateBytesMax: 24 * 1024,
  /** Of a page or a reset, which hold up to 50 messages whatever their size; at least one message comes. */
  pageBytesMax: 60 * 1024,
} as const;

/**
 * Sends what happened in these streams after the cursors, as it is now (the barrier, step c). Streams of the user and channels of the user
 * only: others are left out, and returned.
 */
export async function sendCatchUp(
  parts: ChatParts,
  session: Session,
  held: readonly Held[],
  { sameEpoch }: { sameEpoch: boolean },
): Promise<StreamId[]> {
  const { userId } = identityOf(session);
  const own = held.find(({ stream }) => stream === userId);
  if (own) await sendUserStream(parts, session, userId, sameEpoch ? own.cursor : undefined);

  const channels = held.filter(({ stream }) => stream !== userId);
  if (channels.length === 0) return [];
  const asked = channels.map(({ stream, cursor }) => heldChannel(parts, stream, cursor));
  // Who holds nothing, or holds another history, gets the newest page: what came since would only be read in vain.
  const startsAnew = (cursor: Seq): boolean => cursor === 0 || !sameEpoch;
  const missing: StreamId[] = [];
  for (const group of readableTogether(asked)) {
    const known = group.filter(({ cursor }) => !startsAnew(cursor));
    const caught = await parts.reads.channels(userId, known, () => !session.isClosed);
    for (const { channelId, cursor } of group) {
      if (session.isClosed) return missing;
      const found = caught.get(channelId);
      if (startsAnew(cursor) || (found && (found.cut || cursor > found.head))) {
        if (!(await sendReset(parts, session, channelId))) missing.push(channelId);
      } else if (found) await sendIntervals(session, found);
      else missing.push(channelId);
    }
  }
  return missing;
}

function heldChannel({ delivery }: ChatParts, stream: StreamId, cursor: Seq): HeldChannel {
  const channelId = stream as ChannelId;
  const delivered = delivery.deliveredOf(channelId) ?? Number.POSITIVE_INFINITY;
  const rowsMax = Math.min(Math.max(delivered - cursor, 1), limits.catchUpRowsMax + 1);
  return { channelId, cursor, rowsMax };
}

/** Consecutive ones whose rows may stand in memory together. */
function readableTogether(asked: readonly HeldChannel[]): HeldChannel[][] {
  const groups: HeldChannel[][] = [];
  let rows = Number.POSITIVE_INFINITY;
  for (const held of asked) {
    rows += held.rowsMax;
    if (rows <= readLimits.rows) groups.at(-1)!.push(held);
    else {
      groups.push([held]);
      rows = held.rowsMax;
    }
  }
  return groups;
}

async function sendIntervals(session: Session, caught: CaughtUp): Promise<void> {
  const { stream, from, through, rows } = caught;
  await session.sendEach(
    cutIntervals(stream, from, through, rows).map((interval) => ({ op: "interval", ...interval })),
  );
}

/** The user's own stream is state and not history: a reset of it is all of it, page by page. */
async function sendUserStream(
  { reads }: ChatParts,
  session: Session,
  userId: UserId,
  cursor: Seq | undefined,
): Promise<void> {
  let page = await reads.userStream(userId, cursor ?? 0);
  if (!page) return;
  if (cursor === undefined || cursor === 0 || cursor > page.head) {
    session.send({ op: "reset", stream: userId, through: 0, since: 0, older: false, rows: [] });
    if (cursor !== undefined && cursor > page.head) page = await reads.userStream(userId, 0);
  }
  while (page && !session.isClosed) {
    await sendIntervals(session, page);
    page = page.cut ? await reads.userStream(userId, page.through) : undefined;
  }
}

/** Sends a channel's newest page and its state; false where the user is no member. */
async function sendReset(
  { reads }: ChatParts,
  session: Session,
  channelId: ChannelId,
): Promise<boolean> {
  const { userId } = identityOf(session);
  const page = await reads.page(userId, channelId, 0, limits.pageRowsMax);
  if (!page) return false;
  // Read after the page: a row of it may be newer than `through`, and then comes once more; none can be missing.
  const { rows: state, bytes } = newestWithin(
    await reads.state(channelId, catchUpLimits.stateRowsMax),
    catchUpLimits.stateBytesMax,
  );
  const { rows, since, older } = withinBytes(page, catchUpLimits.pageBytesMax - bytes);
  await session.writable();
  session.send({
    op: "reset",
    stream: channelId,
    through: page.asOf,
    since,
    older,
    rows: [...state, ...rows],
  });
  return true;
}

/** The newest messages of a page that fit into one frame: at least one. */
export function withinBytes(
  page: { rows: readonly Row[]; since: Seq; older: boolean },
  bytesMax: number = catchUpLimits.pageBytesMax,
): { rows: Row[]; since: Seq; older: boolean } {
  let bytes = 0;
  let first = page.rows.length;
  while (first > 0) {
    bytes += rowBytesMax(page.rows[first - 1]!);
    if (bytes > bytesMax && first < page.rows.length) break;
    first--;
  }
  if (first === 0) return { rows: [...page.rows], since: page.since, older: page.older };
  return { rows: page.rows.slice(first), since: page.rows[first]!.entity, older: true };
}

/** The first rows, newest first, that fit. */
function newestWithin(rows: readonly Row[], bytesMax: number): { rows: Row[]; bytes: number } {
  const kept: Row[] = [];
  let bytes = 0;
  for (const row of rows) {
    const size = rowBytesMax(row);
    if (bytes + size > bytesMax) break;
    kept.push(row);
    bytes += size;
  }
  return { rows: kept, bytes };
}

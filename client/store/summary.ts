import type { EventOf, Interval } from "#wire/event.ts";
import type { Seq, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { MessageRow, Pointer, Row } from "#wire/row.ts";
import { isUnread, type Reader } from "#wire/unread.ts";

import { type Log, messagesOf, newestSpan } from "./log.ts";

/** A channel's line as it is at the head `asOf`, with one's own pointers in it. */
export interface Summary {
  readonly asOf: Seq;
  readonly last: MessageRow | null;
  /** Counted up to `limits.unreadMax`. */
  readonly unread: number;
  readonly pointer: Pointer;
  /** Something moved whose effect could not be told from here: ask for the summary. */
  readonly unsure: boolean;
}

const nobody: ReadonlySet<UserId> = new Set();

/** Blocks are a later feature's rows; until they travel nobody is blocked. */
function readerOf(me: UserId, { readFrom }: Pointer): Reader {
  return { userId: me, readFrom, blocked: nobody };
}

/** The greater `readSeq` is the newer pointer: it only grows. Between equals the one that came last. */
export function applySummary(
  held: Summary | undefined,
  { asOf, lastMessage, unread, ...pointer }: Omit<EventOf<"summary">, "op" | "channel">,
): Summary {
  if (held && asOf < held.asOf) return held;

  const last = lastMessage?.kind === "message" ? lastMessage : null;
  const fresh: Summary = { asOf, last, unread, pointer, unsure: false };
  return held && held.pointer.readSeq > pointer.readSeq ? applyPointer(fresh, held.pointer) : fresh;
}

/** Moves one's own pointers. The count follows where it can be told from the last message, else the summary is unsure. */
export function applyPointer(summary: Summary, pointer: Pointer): Summary {
  const { readFrom } = pointer;
  const moved: Summary = {
    ...summary,
    pointer: {
      readFrom,
      readSeq: Math.max(summary.pointer.readSeq, pointer.readSeq),
      deliveredSeq: Math.max(summary.pointer.deliveredSeq, pointer.deliveredSeq),
    },
  };
  if (readFrom === summary.pointer.readFrom) return moved;
  if (readFrom >= (summary.last?.entity ?? 0)) return { ...moved, unread: 0, unsure: false };
  if (readFrom > summary.pointer.readFrom && summary.unread === 0) return moved;
  return { ...moved, unsure: true };
}

/** The line moved by a live interval, whether or not the channel's rows are held. */
export function moveSummary(summary: Summary, interval: Interval, me: UserId): Summary {
  if (interval.through <= summary.asOf) return summary;
  // Frames between are missing. They come by an answer where the rows are held; elsewhere the line is asked for.
  if (interval.from > summary.asOf) return summary.unsure ? summary : { ...summary, unsure: true };

  let { last, unread, unsure } = summary;
  for (const row of interval.rows) {
    if (row.kind !== "message" || row.version <= summary.asOf) continue;
    if (row.entity > summary.asOf) {
      if (isUnread(row, readerOf(me, summary.pointer))) unread++;
      if (isInList(row) && row.entity > (last?.entity ?? 0)) last = row;
    } else {
      if (row.entity === last?.entity) last = row;
      if (mayHaveCounted(row, me, summary.pointer)) unsure = true;
    }
  }
  return {
    ...summary,
    last,
    unread: Math.min(unread, limits.unreadMax),
    unsure,
    asOf: interval.through,
  };
}

/** The number of the line: from the rows where they reach back to the pointer, else as it was told. */
export function unreadOf(summary: Summary, log: Log | undefined, me: UserId): number {
  if (!log || !reachesBack(log, summary)) return summary.unread;

  const reader = readerOf(me, summary.pointer);
  const unread = messagesOf(log).filter((row) => isUnread(row, reader)).length;
  return Math.min(unread, limits.unreadMax);
}

/** Whether the line must be asked for: it is unsure, and the rows cannot tell either. */
export function isUntold(summary: Summary, log: Log | undefined): boolean {
  return summary.unsure && !(log && reachesBack(log, summary));
}

function reachesBack(log: Log, { asOf, pointer }: Summary): boolean {
  const span = newestSpan(log);
  if (!span || log.cursor < asOf) return false;
  return !span.older || span.since <= pointer.readFrom + 1;
}

/** Replies in a thread are not the channel's last message. */
export function isInList({ body }: Row & { kind: "message" }): boolean {
  return body !== null && body.rootSeq === null;
}

/** A deletion of what counted takes one away, an earlier deletion's repetition does not: from here both look alike. */
function mayHaveCounted(row: MessageRow, me: UserId, pointer: Pointer): boolean {
  if (row.body !== null && !row.body.deleted) return false;
  const before = row.body && { ...row.body, deleted: false };
  return before === null || isUnread({ ...row, body: before }, readerOf(me, pointer));
}

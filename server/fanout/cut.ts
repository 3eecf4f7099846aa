import type { Interval } from "#wire/event.ts";
import type { Seq, StreamId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { Row } from "#wire/row.ts";

/** A row, and where in its stream it comes: a birth at its address, a change at the change's `seq`. */
export interface Placed {
  readonly position: Seq;
  readonly row: Row;
}

/** A row without its texts: array heads, eight numbers of nine bytes, an id of 38. */
const rowBytesBare = 160;

/** No row is larger than this when it is encoded. */
export function rowBytesMax({ body }: Row): number {
  if (body === null) return rowBytesBare;
  return rowBytesBare + textBytesOf(body);
}

/** Of the texts in a record, and of the records in it with all that they are. */
function textBytesOf(record: object): number {
  let bytes = 0;
  for (const value of Object.values(record) as unknown[]) {
    if (typeof value === "string") bytes += Buffer.byteLength(value);
    else if (typeof value === "object" && value !== null) bytes += 64 + textBytesOf(value);
  }
  return bytes;
}

/** Somebody is no member any more. What comes before it they may have, what comes after it not. */
export const isRemoval = (row: Row): boolean => row.kind === "member" && row.body === null;

/**
 * Consecutive intervals that together cover `(from, through]` without a hole; each frame stays below 16 KiB or holds a single row.
 * A removal stands in a frame of its own: the sockets of who was removed are taken off between the one before it and itself.
 * `rows` stand in the order of their positions.
 */
export function cutIntervals(
  stream: StreamId,
  from: Seq,
  through: Seq,
  rows: readonly Placed[],
): Interval[] {
  const intervals: Interval[] = [];
  let since = from;
  let held: Row[] = [];
  let bytes = 0;
  let last = from;
  for (const { position, row } of rows) {
    const size = rowBytesMax(row);
    const full =
      bytes + size > limits.eventBytesMax - rowBytesBare || held.length >= limits.rowsPerFrameMax;
    const apart = isRemoval(row) || (held.length > 0 && isRemoval(held[held.length - 1]!));
    if (held.length > 0 && (full || apart)) {
      intervals.push({ stream, from: since, through: last, rows: held });
      since = last;
      held = [];
      bytes = 0;
    }
    held.push(row);
    bytes += size;
    last = position;
  }
  if (through > since || held.length > 0) {
    intervals.push({ stream, from: since, through, rows: held });
  }
  return intervals;
}

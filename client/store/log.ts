import type { Interval } from "#wire/event.ts";
import type { Seq } from "#wire/ids.ts";
import type { MessageRow, Row, RowKind, RowOf } from "#wire/row.ts";

import type { Span } from "./span.ts";

/** What is held of one stream, and how far it reaches. Immutable; `apply.ts` makes the next one. */
export interface Log {
  /** All changes up to here have been applied. 0 holds nothing. */
  readonly cursor: Seq;
  /** The greatest number of this stream that was heard of: while it is above the cursor, something is missing. */
  readonly seen: Seq;
  /** The head at the last reset. A page that was read before it knows nothing of changes that were never sent here. */
  readonly resetAt: Seq;
  /** By kind and entity; tombstones too, so that an older row cannot come back. */
  readonly rows: ReadonlyMap<string, Row>;
  /** What may be shown. Rows outside of them are kept for the merge rule alone. */
  readonly spans: readonly Span[];
  /** Intervals beyond the cursor, waiting for what is missing before them; in order of `from`. */
  readonly beyond: readonly Interval[];
}

export const emptyLog: Log = {
  cursor: 0,
  seen: 0,
  resetAt: 0,
  rows: new Map(),
  spans: [],
  beyond: [],
};

export function rowKey(kind: RowKind, entity: number): string {
  return `${kind}:${entity}`;
}

export function findRow<Kind extends RowKind>(
  log: Log,
  kind: Kind,
  entity: number,
): RowOf<Kind> | undefined {
  return log.rows.get(rowKey(kind, entity)) as RowOf<Kind> | undefined;
}

/** The rows of a kind that are not gone. */
export function rowsOf<Kind extends RowKind>(log: Log, kind: Kind): RowOf<Kind>[] {
  const found: RowOf<Kind>[] = [];
  for (const row of log.rows.values()) {
    if (row.kind === kind && row.body !== null) found.push(row as RowOf<Kind>);
  }
  return found;
}

/** The span that ends at the newest: what a channel shows. `undefined` until a first page is there. */
export function newestSpan(log: Log): Span | undefined {
  return log.spans.at(-1);
}

/** The messages that may be shown, oldest first. */
export function messagesOf(log: Log): MessageRow[] {
  const span = newestSpan(log);
  if (!span) return [];

  return rowsOf(log, "message")
    .filter(({ entity }) => entity >= span.since && entity <= span.through)
    .sort((one, other) => one.entity - other.entity);
}

/** What is missing of the stream, as far as anybody told. */
export function missingOf(log: Log): { from: Seq; through: Seq } | undefined {
  return log.seen > log.cursor ? { from: log.cursor, through: log.seen } : undefined;
}

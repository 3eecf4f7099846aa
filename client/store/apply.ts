import type { EventOf, Interval, ReplyOf } from "#wire/event.ts";
import type { Seq } from "#wire/ids.ts";
import type { Row } from "#wire/row.ts";

import { emptyLog, type Log, rowKey } from "./log.ts";
import { addSpan } from "./span.ts";

/** Intervals that wait for what is missing before them. Past it the furthest are dropped: `seen` remembers them. */
export const beyondMax = 500;

/**
 * The log with an interval applied. Pure, and a replay changes nothing.
 *
 * An interval beyond the cursor is kept aside, never papered over: `missingOf` reports the hole until an answer closes it.
 */
export function applyInterval(log: Log, interval: Interval): Log {
  // Older than the last reset: what the reset left out, this would bring back.
  if (interval.through <= log.resetAt) return log;

  const heard = hear(log, interval.through);
  if (interval.from > log.cursor) return keepAside(heard, interval);

  return takeBack(cover(heard, interval));
}

/**
 * The log begun anew from the newest page. What waited aside and reaches further is of the same history and stays; so does
 * what was heard of, until `forgetHearsay`.
 */
export function applyReset(log: Log, reset: Omit<EventOf<"reset">, "op">): Log {
  return takeBack({
    ...emptyLog,
    cursor: reset.through,
    seen: Math.max(log.seen, reset.through),
    resetAt: reset.through,
    rows: merge(emptyLog.rows, reset.rows),
    spans: [{ since: reset.since, through: reset.through, older: reset.older }],
    beyond: log.beyond.filter(({ through }) => through > reset.through),
  });
}

/**
 * The log with a page of history that was asked for `before` an address, 0 being the newest page.
 *
 * A page that is older than the last reset is left out: what changed since, the reset did not say.
 */
export function applyPage(log: Log, page: Omit<ReplyOf<"page">, "op" | "ref">, before: Seq): Log {
  if (log.spans.length === 0 || page.asOf < log.resetAt) return log;

  const through = before === 0 ? page.asOf : before - 1;
  return {
    ...hear(log, page.asOf),
    rows: merge(log.rows, page.rows),
    spans: addSpan(log.spans, { since: page.since, through, older: page.older }),
  };
}

/** Remembers that the stream reaches at least this far. */
export function hear(log: Log, seq: Seq): Log {
  return seq > log.seen ? { ...log, seen: seq } : log;
}

/** Believes the server, which was asked and has no more: what was heard of beyond the cursor is of another history. */
export function forgetHearsay(log: Log): Log {
  return { ...log, seen: log.cursor, beyond: [] };
}

/** Makes the log of another history one that only a reset can move; what it shows stays until then. */
export function rewind(log: Log): Log {
  return { ...log, cursor: 0, seen: 0, resetAt: 0, beyond: [] };
}

function cover(log: Log, { from, through, rows }: Interval): Log {
  const merged = merge(log.rows, rows);
  if (through <= log.cursor) return merged === log.rows ? log : { ...log, rows: merged };

  return {
    ...log,
    cursor: through,
    rows: merged,
    spans: addSpan(log.spans, { since: from + 1, through, older: from > 0 }),
  };
}

/** The one merge rule: a row replaces what is held if its version is greater. */
function merge(held: Log["rows"], rows: readonly Row[]): Log["rows"] {
  let merged: Map<string, Row> | undefined;
  for (const row of rows) {
    const key = rowKey(row.kind, row.entity);
    if (row.version <= ((merged ?? held).get(key)?.version ?? 0)) continue;
    merged ??= new Map(held);
    merged.set(key, row);
  }
  return merged ?? held;
}

function keepAside(log: Log, interval: Interval): Log {
  const known = log.beyond.some(
    ({ from, through }) => from === interval.from && through === interval.through,
  );
  if (known) return log;

  const beyond = [...log.beyond, interval].sort((one, other) => one.from - other.from);
  return { ...log, beyond: beyond.slice(0, beyondMax) };
}

/** Applies what waited aside, as far as the cursor now reaches. */
function takeBack(log: Log): Log {
  if (log.beyond.length === 0) return log;

  let next = log;
  for (const interval of log.beyond) {
    if (interval.from > next.cursor) break;
    next = cover(next, interval);
  }
  return { ...next, beyond: log.beyond.filter(({ from }) => from > next.cursor) };
}

import { expect, test } from "bun:test";
import fc from "fast-check";

import type { Interval } from "#wire/event.ts";
import type { Row } from "#wire/row.ts";

import { anyHistory, grace, History, lobby } from "../test/history.ts";
import {
  applyInterval,
  applyPage,
  applyReset,
  beyondMax,
  forgetHearsay,
  hear,
  rewind,
} from "./apply.ts";
import { emptyLog, type Log, messagesOf, missingOf, newestSpan } from "./log.ts";

/** Something that the network may bring, at any time and any number of times: three numbers choose what. */
type Frame = readonly [kind: number, one: number, other: number, asOf: number];
const anyFrames = fc.array(fc.tuple(fc.nat(5), fc.nat(30), fc.nat(30), fc.nat(30)), {
  maxLength: 60,
});

function bring(log: Log, history: History, [kind, one, other, late]: Frame): Log {
  const { head } = history;
  const [low, high] = [Math.min(one, other, head), Math.min(Math.max(one, other), head)];
  const asOf = Math.max(1, high, Math.min(late, head));
  if (kind === 0) return applyReset(log, history.reset(1 + low, asOf));
  if (kind === 1) {
    const before = low % (asOf + 1);
    return applyPage(log, history.page(before, 1 + (late % 4), asOf), before);
  }
  // Most of what travels are live frames of one change.
  const from = kind < 4 ? Math.max(0, high - 1) : low;
  return high > from ? applyInterval(log, history.interval(from, high, asOf)) : log;
}

/** What the client does when it is back: asks until nothing is missing. */
function catchUp(log: Log, history: History): Log {
  const { head } = history;
  if (newestSpan(log) === undefined) return applyReset(log, history.reset(3, head));
  return applyInterval(log, history.interval(log.cursor, head, head));
}

test("M1, M2: whatever is lost, doubled or overtaken, the channel ends as it is, without a hole", () => {
  fc.assert(
    fc.property(anyHistory, anyFrames, (history, frames) => {
      const troubled = frames.reduce((log, frame) => bring(log, history, frame), emptyLog);
      const log = catchUp(troubled, history);

      expect(log.cursor).toBe(history.head);
      expect(missingOf(log)).toBeUndefined();
      expect(log.beyond).toEqual([]);
      const span = newestSpan(log)!;
      expect(span.through).toBe(history.head);
      const truth = history.messages(history.head);
      expect(messagesOf(log)).toEqual(truth.filter(({ entity }) => entity >= span.since));
      expect(span.older).toBe(truth.some(({ entity }) => entity < span.since));
    }),
    { numRuns: 2_000 },
  );
});

test("M1: what is shown at any moment are messages of one time or later, in order, without a hole", () => {
  fc.assert(
    fc.property(anyHistory, anyFrames, (history, frames) => {
      let log = emptyLog;
      for (const frame of frames) {
        log = bring(log, history, frame);
        const span = newestSpan(log);
        const shown = messagesOf(log).map(({ entity }) => entity);
        const born = history
          .messages(history.head)
          .map(({ entity }) => entity)
          .filter((entity) => span && entity >= span.since && entity <= span.through);
        expect(shown).toEqual(born);
      }
    }),
    { numRuns: 1_000 },
  );
});

test("M1: a replay of intervals and pages changes nothing", () => {
  fc.assert(
    fc.property(anyHistory, anyFrames, (history, frames) => {
      const troubled = frames.reduce((log, frame) => bring(log, history, frame), emptyLog);
      const log = catchUp(troubled, history);
      const replayed = frames
        .filter(([kind]) => kind > 1)
        .reduce((held, frame) => bring(held, history, frame), log);
      expect(messagesOf(replayed)).toEqual(messagesOf(log));
      expect(replayed.cursor).toBe(log.cursor);
      expect(replayed.beyond).toEqual([]);
    }),
    { numRuns: 1_000 },
  );
});

const said = (from: number, through: number): Interval => ({
  stream: lobby,
  from,
  through,
  rows: [],
});
const begun = applyReset(emptyLog, {
  stream: lobby,
  through: 10,
  since: 1,
  older: false,
  rows: [],
});

test("an interval beyond the cursor is reported and waits; what closes the hole takes it back", () => {
  const waiting = applyInterval(begun, said(12, 13));
  expect(waiting.cursor).toBe(10);
  expect(missingOf(waiting)).toEqual({ from: 10, through: 13 });

  const closed = applyInterval(waiting, said(10, 12));
  expect(closed.cursor).toBe(13);
  expect(missingOf(closed)).toBeUndefined();
});

test("at most 500 intervals wait; of the others the greatest number is remembered, so that they are asked for", () => {
  let log = begun;
  for (let at = 0; at < beyondMax + 20; at++) log = applyInterval(log, said(20 + at, 21 + at));
  expect(log.beyond).toHaveLength(beyondMax);

  const closed = applyInterval(log, said(10, 20));
  expect(closed.cursor).toBe(20 + beyondMax);
  expect(missingOf(closed)).toEqual({ from: 20 + beyondMax, through: 40 + beyondMax });
});

test("what was heard of before a reset and reaches further is still missing after it", () => {
  const reset = { stream: lobby, through: 20, since: 1, older: false, rows: [] };
  expect(missingOf(applyReset(hear(begun, 30), reset))).toEqual({ from: 20, through: 30 });
});

const history = new History([
  { what: "said", author: grace },
  { what: "said", author: grace },
  { what: "edited", at: 1 },
  { what: "said", author: grace },
]);

test("a page that was read before the last reset is left out: it does not know what changed since", () => {
  const reset = applyReset(emptyLog, history.reset(1, 4));
  const late = applyPage(reset, history.page(4, 5, 2), 4);
  expect(messagesOf(late).map(({ entity }) => entity)).toEqual([4]);
  const fresh = applyPage(late, history.page(4, 5, 4), 4);
  expect(messagesOf(fresh).map(({ body }) => body!.body)).toEqual([
    "edited at 3",
    "said at 2",
    "said at 4",
  ]);
});

test("an interval from before the last reset does not bring back what the reset left out", () => {
  const membership: Row = { kind: "membership", entity: 9, version: 5, body: null };
  const late = applyInterval(begun, { ...said(4, 5), rows: [membership] });
  expect(late.rows.size).toBe(0);
});

test("what was only heard of is missing until the server was asked and has no more", () => {
  const heard = hear(begun, 15);
  expect(missingOf(heard)).toEqual({ from: 10, through: 15 });
  expect(missingOf(forgetHearsay(heard))).toBeUndefined();
});

test("another history is shown only by its reset: its small numbers do not look old", () => {
  const other = rewind(begun);
  expect(missingOf(other)).toBeUndefined();
  const reset = applyReset(other, { stream: lobby, through: 3, since: 1, older: false, rows: [] });
  expect(reset.cursor).toBe(3);
  expect(missingOf(reset)).toBeUndefined();
});

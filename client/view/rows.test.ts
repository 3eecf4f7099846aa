import { expect, test } from "bun:test";
import fc from "fast-check";
import { sampleHistory, sampleMessage } from "../test/sample-messages.ts";
import {
  around,
  moved,
  spanOf,
  unseenBelow,
  type WindowStart,
  windowRows,
} from "./message-window.ts";
import { firstNew, rowsOf } from "./rows.ts";

const noon = new Date(2026, 10, 20, 12).getTime();
const messages = sampleHistory(700, noon);

test("U2: a row looks the same wherever the window begins", () => {
  const newKey = firstNew(messages, 300);
  const all = rowsOf(messages, { from: 0, to: messages.length }, newKey);
  fc.assert(
    fc.property(fc.nat(699), fc.nat(200), (from, count) => {
      const to = Math.min(messages.length, from + count);
      const rows = rowsOf(messages, { from, to }, newKey);
      const wanted = messages.slice(from, to).map(({ key }) => key);
      expect(rows.filter(({ kind }) => kind === "message").map(({ key }) => key)).toEqual(wanted);
      for (const row of rows) expect(all).toContainEqual(row);
    }),
    { numRuns: 50 },
  );
});

test("U2: a group ends after five minutes, at midnight and where somebody else begins", () => {
  const minute = 60_000;
  const said = (who: "ada" | "grace", atMs: number) => sampleMessage(1, who, "Soup.", atMs);
  const firsts = (...all: ReturnType<typeof said>[]) =>
    rowsOf(all, { from: 0, to: all.length }, undefined).flatMap((row) =>
      row.kind === "message" ? row.isFirst : [],
    );
  expect(firsts(said("ada", noon), said("ada", noon + 5 * minute - 1))).toEqual([true, false]);
  expect(firsts(said("ada", noon), said("ada", noon + 5 * minute))).toEqual([true, true]);
  expect(firsts(said("ada", noon), said("grace", noon + 1))).toEqual([true, true]);
  const midnight = new Date(2026, 10, 21).getTime();
  expect(firsts(said("ada", midnight - 1), said("ada", midnight))).toEqual([true, true]);
});

test("U2: the New line stands before the first message of somebody else after what was read", () => {
  const newKey = firstNew(messages, 305);
  const rows = rowsOf(messages, { from: 0, to: 700 }, newKey);
  const at = rows.findIndex(({ kind }) => kind === "new");
  expect(rows[at + 1]).toMatchObject({ kind: "message", isFirst: true, message: { mine: false } });
  expect(rows[at - 1]).toMatchObject({ message: { mine: true } });
  expect(firstNew(messages, null)).toBeUndefined();
  expect(firstNew(messages, 700)).toBeUndefined();
});

test("M10: the window holds on to its messages when older ones come in front", () => {
  const late = messages.slice(400);
  const start = late[20]!.key;
  const before = spanOf(late, start);
  const after = spanOf(messages, start);
  expect(messages[after.from]).toBe(late[before.from]);
  expect(after.to - after.from).toBe(windowRows.max);
});

test("M10: the window reaches every message in both directions, and follows the newest again", () => {
  let start: WindowStart;
  const seen = new Set<string>();
  for (let steps = 0; steps < 30; steps += 1) {
    const span = spanOf(messages, start);
    for (let at = span.from; at < span.to; at += 1) seen.add(messages[at]!.key);
    start = moved(messages, span, -1);
  }
  expect(seen.size).toBe(messages.length);
  for (let steps = 0; steps < 30 && start !== undefined; steps += 1) {
    start = moved(messages, spanOf(messages, start), 1);
  }
  expect(start).toBeUndefined();
});

test("U2: a channel opened at its New line shows what stands before it too", () => {
  const span = spanOf(messages, around(messages, "message-301"));
  expect(span).toEqual({ from: 250, to: 450 });
  expect(around(messages, "message-699")).toBeUndefined();
});

test("U2: only what others wrote below the lowest row that was seen is new", () => {
  expect(unseenBelow(messages, undefined)).toBe(0);
  expect(unseenBelow(messages, "message-700")).toBe(0);
  const others = messages.slice(690).filter(({ mine }) => !mine).length;
  expect(unseenBelow(messages, "message-690")).toBe(others);
});

import { expect, test } from "bun:test";
import type { Interval } from "#wire/event.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import type { MessageRow } from "#wire/row.ts";
import { birthsIn, Cursor } from "./cursor.ts";

/** A message at each number. */
function interval(from: number, through: number): Interval {
  const rows = Array.from({ length: through - from }, (_, index): MessageRow => {
    const seq = from + 1 + index;
    return {
      kind: "message",
      entity: seq,
      version: seq,
      body: {
        authorId: 1 as UserId,
        createdAt: 0,
        clientMessageId: crypto.randomUUID(),
        system: false,
        rootSeq: null,
        editedAt: null,
        deleted: false,
        body: "",
      },
    };
  });
  return { stream: 7 as ChannelId, from, through, rows };
}

const shownOf = (cursor: Cursor, from: number, through: number): number[] =>
  cursor.take(interval(from, through)).map(({ entity }) => entity);

test("what comes twice, or in part, is shown once", () => {
  const cursor = new Cursor(10);
  expect(shownOf(cursor, 10, 12)).toEqual([11, 12]);
  expect(shownOf(cursor, 10, 12)).toEqual([]);
  expect(shownOf(cursor, 11, 14)).toEqual([13, 14]);
  expect(cursor.at).toBe(14);
});

test("what comes early waits for what is before it", () => {
  const cursor = new Cursor(10);
  expect(shownOf(cursor, 13, 14)).toEqual([]);
  expect(shownOf(cursor, 12, 13)).toEqual([]);
  expect(shownOf(cursor, 10, 12)).toEqual([11, 12, 13, 14]);
});

test("what waited is forgotten with its socket, and the next one's is not shown before its time", () => {
  const cursor = new Cursor(10);
  shownOf(cursor, 12, 13);
  cursor.forgetEarly();
  expect(shownOf(cursor, 10, 12)).toEqual([11, 12]);
  expect(cursor.at).toBe(12);
});

test("a message that is told again because it was changed is no new one, and one that is gone is none", () => {
  const [born] = interval(10, 11).rows;
  const changed = { ...(born as MessageRow), version: 12 };
  const gone = { ...(born as MessageRow), body: null };
  expect(birthsIn({ rows: [born!, changed, gone] })).toEqual([born as MessageRow]);
});

test("what was kept aside and reaches beyond a reset is shown behind it, the rest is not", () => {
  const cursor = new Cursor(0);
  expect(shownOf(cursor, 5, 6)).toEqual([]);
  expect(shownOf(cursor, 6, 8)).toEqual([]);
  expect(cursor.reset(6).map(({ entity }) => entity)).toEqual([7, 8]);
  expect(cursor.at).toBe(8);
  expect(shownOf(cursor, 8, 9)).toEqual([9]);
});

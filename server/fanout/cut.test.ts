import { expect, test } from "bun:test";
import fc from "fast-check";
import { encodeAnswer } from "#wire/codec.ts";
import type { ChannelId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { arbitraryRow } from "../test/arbitrary-frames.ts";
import { cutIntervals, type Placed, rowBytesMax } from "./cut.ts";

const channel = Number.MAX_SAFE_INTEGER as ChannelId;
const headBytes = encodeAnswer({
  op: "interval",
  stream: channel,
  from: Number.MAX_SAFE_INTEGER,
  through: Number.MAX_SAFE_INTEGER,
  rows: [],
}).byteLength;
const sizeOf = (rows: Placed["row"][]) =>
  encodeAnswer({ op: "interval", stream: channel, from: 2 ** 40, through: 2 ** 41, rows })
    .byteLength;

/** Positions with holes, as of members and edits. */
const placed = fc
  .array(fc.record({ step: fc.integer({ min: 1, max: 9 }), row: arbitraryRow }), {
    maxLength: 300,
    size: "max",
  })
  .map((steps) => {
    let position = 1000;
    return steps.map(({ step, row }): Placed => ({ position: (position += step), row }));
  });

test("W2: no row is larger than what it is cut by", () => {
  fc.assert(
    fc.property(arbitraryRow, (row) => {
      expect(sizeOf([row]) - headBytes).toBeLessThanOrEqual(rowBytesMax(row));
    }),
    { numRuns: 500 },
  );
});

test("W2: intervals follow each other without a hole, hold every row once and in order, and stay below 16 KiB or hold one row", () => {
  fc.assert(
    fc.property(placed, fc.nat(20), (rows, more) => {
      const through = (rows.at(-1)?.position ?? 1000) + more;
      const intervals = cutIntervals(channel, 1000, through, rows);
      const edges = intervals.flatMap((each) => [each.from, each.through]);
      // Each begins where the one before ended.
      expect(edges.filter((_, at) => at % 2 === 0)).toEqual(
        [1000, ...intervals.slice(0, -1).map((each) => each.through)].slice(0, intervals.length),
      );
      expect(edges.at(-1) ?? 1000).toBe(through);
      expect(intervals.flatMap((each) => each.rows)).toEqual(rows.map(({ row }) => row));
      for (const { from, through: to, rows: held } of intervals) {
        const positions = rows.filter(({ row }) => held.includes(row)).map((one) => one.position);
        expect(positions.every((position) => position > from && position <= to)).toBe(true);
        expect(held.length === 1 || sizeOf(held) < limits.eventBytesMax).toBe(true);
        expect(held.length).toBeLessThanOrEqual(limits.rowsPerFrameMax);
      }
    }),
    { numRuns: 60 },
  );
});

test("nothing happened: no interval; only numbers without rows: one that says so", () => {
  expect(cutIntervals(channel, 7, 7, [])).toEqual([]);
  expect(cutIntervals(channel, 7, 9, [])).toEqual([
    { stream: channel, from: 7, through: 9, rows: [] },
  ]);
});

import { expect, test } from "bun:test";
import { untilOf } from "./clear-after.ts";

/** Where the reader is. */
const at = (day: number, hour = 0, minute = 0) => new Date(2026, 10, day, hour, minute).getTime();
const wednesday = at(18, 10, 42);

test("B12: a status that is not cleared has no end, others end after their time", () => {
  expect(untilOf("never", wednesday)).toBeNull();
  expect(untilOf("30min", wednesday)).toBe(at(18, 11, 12));
  expect(untilOf("1h", wednesday)).toBe(at(18, 11, 42));
  expect(untilOf("4h", wednesday)).toBe(at(18, 14, 42));
});

test("B12: today ends at midnight, this week with its Sunday, always ahead", () => {
  expect(untilOf("today", wednesday)).toBe(at(19));
  expect(untilOf("today", at(19) - 1)).toBe(at(19));
  expect(untilOf("week", wednesday)).toBe(at(23));
  expect(untilOf("week", at(16))).toBe(at(23));
  expect(untilOf("week", at(22, 23, 59))).toBe(at(23));
});

import { expect, test } from "bun:test";
import { bodyOf, numberIn, numberOf } from "./body.ts";

test.each([0, 1, 999_999_999_999])(
  "what is said with %p is 100 bytes, and has its number",
  (number) => {
    const body = bodyOf(number);
    const bytes = new TextEncoder().encode(body);
    expect(bytes).toHaveLength(100);
    expect(numberOf(body)).toBe(number);
    expect(numberIn(bytes)).toBe(number);
    // The bare loop writes its own number over the beginning.
    bytes.set([255, 255, 255, 255]);
    expect(numberIn(bytes)).toBe(number);
  },
);

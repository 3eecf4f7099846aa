import { expect, test } from "bun:test";
import { Recent } from "./recent.ts";

test("the latest half is always remembered, and never more than all", () => {
  const recent = new Recent<number, string>(10);
  const remembered = () =>
    Array.from({ length: 100 }, (_, key) => key).filter((key) => recent.get(key) !== undefined);
  for (let key = 0; key < 100; key++) {
    recent.set(key, `${key}`);
    const known = remembered();
    const least = Math.min(5, key + 1);
    expect(known.slice(-least)).toEqual(
      Array.from({ length: least }, (_, at) => key - least + 1 + at),
    );
    expect(known.length).toBeLessThanOrEqual(10);
  }
});

test("what is set again is as it was set last, whenever the first time was", () => {
  const recent = new Recent<number, string>(4);
  for (const [key, value] of [
    [1, "first"],
    [2, "two"],
    [3, "three"],
    [1, "again"],
  ] as const) {
    recent.set(key, value);
  }
  expect(recent.get(1)).toBe("again");
});

import { expect, test } from "bun:test";
import fc from "fast-check";

import { retryDelayMs } from "./backoff.ts";

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("E12: the first retry is spread over 200 ms, the next 18 over 300 ms, later ones over a ceiling that doubles to 30 s", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), random, (failures, chance) => {
      const ceiling = Math.min(300 * 2 ** Math.max(0, failures - 18), 30_000);
      expect(retryDelayMs(failures, () => chance)).toBe(chance * ceiling);
      expect(retryDelayMs(0, () => chance)).toBe(chance * 200);
    }),
  );
});

test("W3: of those who are refused for 2 s, 99 in 100 try again within 0.35 s of its end", () => {
  // A generator of numbers, so that it is the same each time.
  let seed = 1;
  const next = (): number => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647;
  const returns = Array.from({ length: 10_000 }, () => {
    let atMs = 0;
    for (let failures = 0; atMs < 2_000; failures++) atMs += retryDelayMs(failures, next);
    return atMs;
  }).toSorted((one, other) => one - other);
  expect(returns[9_900]).toBeLessThan(2_350);
});

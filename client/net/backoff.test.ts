import { expect, test } from "bun:test";
import fc from "fast-check";

import { retryDelayMs } from "./backoff.ts";

const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test("E12: the first retry is spread over 200 ms, later ones over a ceiling that doubles from 250 ms to 30 s", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), random, (failures, chance) => {
      const ceiling = Math.min(250 * 2 ** (failures - 1), 30_000);
      expect(retryDelayMs(failures, () => chance)).toBe(chance * ceiling);
      expect(retryDelayMs(0, () => chance)).toBe(chance * 200);
    }),
  );
});

/** The codec's claims for minutes each: `bun test ./server/wire/codec.verify.ts`. A sample that breaks one becomes a vector. */
import { test } from "bun:test";
import fc from "fast-check";

import { codecClaims } from "../test/codec-claims.ts";

/** About five minutes in all: the frames that are mangled get most of it. */
const secondsOf = (runs: number): number => (runs > 1_000 ? 90 : 4);

for (const { says, property, runs } of codecClaims) {
  const limitMs = secondsOf(runs) * 1_000;
  test(
    `${says}, for ${secondsOf(runs)} s`,
    () => {
      fc.assert(property, { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: limitMs });
    },
    limitMs * 2,
  );
}

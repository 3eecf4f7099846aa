/** As many runs of the core as five minutes allow, up to 100,000: `npm run verify simulate`. */
import { expect, test } from "bun:test";
import { setLogLevel } from "../../observe/log.ts";
import { describeRun, findBadRun } from "./run-seeds.ts";

const seedsMax = 100_000;
const seedsPerLook = 500;
const msMax = 300_000;

test("W10: nothing is lost, doubled or out of order in as many runs as five minutes allow", () => {
  setLogLevel("silent");
  const sinceMs = performance.now();
  let from = 1_001; // The first thousand are played by `npm test`.
  for (; from <= seedsMax && performance.now() - sinceMs < msMax; from += seedsPerLook) {
    const bad = findBadRun(from, seedsPerLook);
    expect(bad && describeRun(bad)).toBeUndefined();
  }
  process.stdout.write(`${from - 1_001} seeds\n`);
}, 360_000);

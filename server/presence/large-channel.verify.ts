/** A channel of 100,000 members, of whom a thousand per second come and go: `npm run verify large-channel`. */
import { expect, test } from "bun:test";
import { watchLargeChannel } from "../test/large-channel.ts";

test("W9 P10 X5 X12: of 100,000 members a thousand per second come and go, and another worker has it right within 2 s", async () => {
  const seen = await watchLargeChannel({ members: 100_000, perSecond: 1_000, seconds: 10 });
  const { counts, truth, changes, inTime, countedMs, p50Ms, p99Ms, cpuMicrosPerChange } = seen;
  process.stdout.write(
    `counted in ${Math.round(countedMs)} ms; ${changes} changes, ${(100 * inTime).toFixed(2)} % seen within 2 s, ` +
      `p50 ${p50Ms.toFixed(0)}, p99 ${p99Ms.toFixed(0)} ms; ${cpuMicrosPerChange.toFixed(0)} µs of CPU per change, both workers\n`,
  );
  expect(counts).toEqual(truth);
  expect(inTime).toBeGreaterThanOrEqual(0.99);
}, 120_000);

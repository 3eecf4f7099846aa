import { expect, test } from "bun:test";
import { redisProgram } from "../redis.ts";
import { runChaos } from "./chaos.ts";
import { everyFault } from "./faults.ts";
import { isGood, reportOf } from "./report.ts";

const onRedis = test.skipIf(redisProgram === undefined);

onRedis(
  "W1 W5 W6 W10 X10 X11: while every part fails in turn nothing that people write is lost, doubled or reordered, and all recover",
  async () => {
    const faults = everyFault.filter(({ isLong }) => !isLong);
    const run = await runChaos({ seed: 1, faults, overlaps: 1 });
    if (!isGood(run)) throw new Error(reportOf(run));
    // The faults were felt: sockets broke, a reader fell behind, and people went on writing.
    expect(run.returns).toBeGreaterThan(9);
    expect(run.lagged).toBeGreaterThan(0);
    expect(run.messages).toBeGreaterThan(500);
    expect(run.shown).toBeGreaterThan(run.messages);
  },
  120_000,
);

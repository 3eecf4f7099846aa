/** Every part fails again and again, two at once too: `npm run verify chaos`. */
import { test } from "bun:test";
import { runChaos } from "./chaos.ts";
import { everyFault } from "./faults.ts";
import { isGood, reportOf } from "./report.ts";

const msMin = 240_000;

test("W10: in four minutes of faults, some of them together, nothing is lost, doubled or reordered", async () => {
  const run = await runChaos({ seed: 2, faults: everyFault, msMin });
  process.stdout.write(`${reportOf(run)}\n`);
  if (!isGood(run)) throw new Error("the report says what is wrong");
}, 480_000);

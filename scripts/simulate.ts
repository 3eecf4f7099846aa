/** Plays runs of the core from seeds, over a bus and a store that fail: `npm run simulate -- --seeds 100000 --from 1`. */
import { parseArgs } from "node:util";
import { setLogLevel } from "../server/observe/log.ts";
import { describeRun, findBadRun } from "../server/test/simulate/run-seeds.ts";
import { simulate } from "../server/test/simulate/simulate.ts";

const seedsPerLine = 1_000;

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "1000" }, from: { type: "string", default: "1" } },
});
const [seeds, from] = [Number(values.seeds), Number(values.from)];
if (!Number.isInteger(seeds) || seeds < 1 || !Number.isInteger(from)) {
  console.error("Say how many seeds, and from which on: --seeds 1000 --from 1");
  process.exit(1);
}
setLogLevel("silent");
let bad = 0;
for (let at = from; at < from + seeds;) {
  const until = Math.min(at + seedsPerLine, from + seeds);
  for (let run = findBadRun(at, until - at); run; run = findBadRun(at, until - at)) {
    console.log(describeRun(run));
    bad++;
    at = run.seed + 1;
  }
  at = until;
  if (seeds > 1) console.log(`${at - from} of ${seeds} seeds played, ${bad} of them bad`);
}
// One seed is played by somebody who wants to see it.
if (seeds === 1 && bad === 0) console.log(describeRun(simulate(from)));
process.exit(bad === 0 ? 0 : 1);

/** Breaks every part of a whole server of its own while people write, and reads what they saw against the database: `npm run chaos -- --minutes 3 --seed 1`. */
import { parseArgs } from "node:util";
import { runChaos } from "../server/test/chaos/chaos.ts";
import { everyFault } from "../server/test/chaos/faults.ts";
import { isGood, reportOf } from "../server/test/chaos/report.ts";
import { redisProgram } from "../server/test/redis.ts";

const { values } = parseArgs({
  options: { minutes: { type: "string", default: "3" }, seed: { type: "string", default: "1" } },
});
const [minutes, seed] = [Number(values.minutes), Number(values.seed)];
if (!(minutes >= 0) || !Number.isInteger(seed)) {
  console.error(
    "Say for how long, and from which seed the faults are chosen: --minutes 3 --seed 1",
  );
  process.exit(1);
}
if (redisProgram === undefined) {
  console.error(
    "Several workers need a Redis between them: install redis-server or valkey-server.",
  );
  process.exit(1);
}
const run = await runChaos({
  seed,
  faults: everyFault,
  msMin: minutes * 60_000,
  tell: ({ name, recoveryMs }) =>
    console.log(
      `${name}: ${recoveryMs === undefined ? "no recovery" : `${Math.round(recoveryMs)} ms`}`,
    ),
});
console.log(reportOf(run));
process.exit(isGood(run) ? 0 : 1);

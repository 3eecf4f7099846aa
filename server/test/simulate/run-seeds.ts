import { type Run, simulate } from "./simulate.ts";
import { type Cast, sound } from "./simulated-worker.ts";

/** The first bad run among `count` seeds from `from` on, with a fault of that kind; undefined where all are good. */
export function findBadRun(
  from: number,
  count: number,
  cast: Cast = sound,
  kind = /./,
): Run | undefined {
  for (let seed = from; seed < from + count; seed++) {
    const run = simulate(seed, cast);
    if (run.faults.some((fault) => kind.test(fault))) return run;
  }
  return undefined;
}

/** What somebody needs who looks into a bad run: its seed first. */
export function describeRun({ seed, faults, story, messages }: Run): string {
  return [
    `seed ${seed}: ${messages} messages; again by \`npm run simulate -- --seeds 1 --from ${seed}\``,
    ...story.map((sentence) => `  ${sentence}`),
    ...faults.map((fault) => `  WRONG  ${fault}`),
  ].join("\n");
}

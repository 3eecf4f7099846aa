import type { ChaosRun, Played } from "./chaos.ts";

const sentencesMax = 20;

/** Whether every guarantee held, every fault was recovered from, and all came to rest. */
export function isGood({ verdict, played, cameToRest }: ChaosRun): boolean {
  const faults = Object.values(verdict).flat();
  return (
    cameToRest && faults.length === 0 && played.every(({ recoveryMs }) => recoveryMs !== undefined)
  );
}

/** What happened, a table of recoveries, what is wrong, and in the last line how much was lost, doubled and reordered. */
export function reportOf(run: ChaosRun): string {
  const { seed, played, messages, shown, returns, lagged, cameToRest, verdict } = run;
  const { lost, doubled, reordered } = verdict;
  const wrong = [...lost, ...doubled, ...reordered];
  return [
    `seed ${seed}: ${played.length} faults, ${messages} messages written, ${shown} shown, ${returns} returns, ${lagged} times behind`,
    row("from a fault to what was written after it being everywhere", "times", "p50", "p95", "max"),
    ...[...Map.groupBy(played, ({ name }) => name)].map(([name, times]) => lineOf(name, times)),
    ...wrong.slice(0, sentencesMax).map((sentence) => `WRONG  ${sentence}`),
    ...(wrong.length > sentencesMax ? [`WRONG  and ${wrong.length - sentencesMax} more`] : []),
    ...played.flatMap(({ name, why = [] }) => why.map((sentence) => `NEVER  ${name}: ${sentence}`)),
    ...(cameToRest ? [] : ["WRONG  it did not come to rest: not all was acknowledged and shown"]),
    `lost ${lost.length}, doubled ${doubled.length}, reordered ${reordered.length}`,
  ].join("\n");
}

function lineOf(name: string, times: readonly Played[]): string {
  const known = times.flatMap(({ recoveryMs }) => recoveryMs ?? []).toSorted((a, b) => a - b);
  // One that never came back is the slowest.
  const at = (share: number): string => {
    const ms = known[Math.ceil(share * times.length) - 1];
    return ms === undefined ? "never" : `${Math.round(ms)} ms`;
  };
  return row(name, `${times.length}`, at(0.5), at(0.95), at(1));
}

function row(name: string, ...cells: readonly string[]): string {
  return `${name.padEnd(60)}${cells.map((cell) => cell.padStart(10)).join("")}`;
}

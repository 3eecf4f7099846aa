import { loadavg } from "node:os";
import type { BenchServer } from "./bench-server.ts";
import { type Cores, coresText } from "./cores.ts";
import type { Run } from "./measure.ts";
import { type Options, optionsText } from "./options.ts";

/** What a figure is to be at most, or at least. */
export type Goal = { readonly max: number } | { readonly min: number };

/** What a scenario found. */
export interface Report {
  readonly runs: readonly Run[];
  /** By the figure's name; those without one are only shown. */
  readonly goals?: Readonly<Record<string, Goal>>;
}

export function isRight({ runs }: Report): boolean {
  return runs.length > 0 && runs.every(({ faults }) => faults.length === 0);
}

/** The command, then a line for each figure: its median, its spread, and what it is to reach. */
export function reportText(
  name: string,
  options: Options,
  cores: Cores | undefined,
  { runs, goals = {} }: Report,
): string {
  const names = [...new Set(runs.flatMap(({ figures }) => Object.keys(figures)))];
  const rows = names.map((figure) => {
    const values = runs
      .flatMap(({ figures }) => figures[figure] ?? [])
      .toSorted((one, other) => one - other);
    const median = medianOf(values);
    const spread = values.length > 1 ? `${rounded(values[0]!)} – ${rounded(values.at(-1)!)}` : "";
    return [figure, rounded(median), spread, goalText(median, goals[figure])];
  });
  return [
    `npm run load -- ${name} ${optionsText(options)}`,
    `${coresText(cores)}; load average at the end ${loadavg()[0]!.toFixed(2)}`,
    "",
    ...aligned([["", "median", "spread", "to reach"], ...rows]),
    "",
    ...verdict(runs),
  ].join("\n");
}

function verdict(runs: readonly Run[]): string[] {
  const faults = runs.flatMap((run) => run.faults);
  if (faults.length > 0) return faults.map((fault) => `FAILED: ${fault}`);
  return [`${runs.length} runs: every message once and in order at everybody, nothing refused`];
}

export function complaintsText({ complaints }: BenchServer): string {
  return [...complaints]
    .map(([said, times]) => `The server said ${times} times: ${said}`)
    .join("\n");
}

export function medianOf(sorted: readonly number[]): number {
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

function goalText(value: number, goal: Goal | undefined): string {
  if (!goal) return "";
  const [sign, bound, isMet] =
    "max" in goal ? ["≤", goal.max, value <= goal.max] : ["≥", goal.min, value >= goal.min];
  return `${sign} ${bound}: ${isMet ? "reached" : "MISSED"}`;
}

/** Three digits that mean something. */
export function rounded(value: number): string {
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en");
  return value.toPrecision(3);
}

export function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
      )
      .join("   ")
      .trimEnd(),
  );
}

import { counted } from "./counted.ts";
import type { Target } from "./targets.ts";

/** What k6 wrote down, as far as it is read. */
export interface Summary {
  readonly metrics: Readonly<Record<string, Metric | undefined>>;
}

interface Metric {
  readonly values: Readonly<Record<string, number | undefined>>;
  readonly thresholds?: Readonly<Record<string, { readonly ok: boolean }>>;
}

/** How k6 ended. */
export interface Ending {
  readonly exitCode: number;
  /** What it complained of. */
  readonly said: readonly string[];
  /** Undefined where it wrote none. */
  readonly summary: Summary | undefined;
  /** What others found wrong meanwhile: those who listened beside k6. */
  readonly faults: readonly string[];
}

/** FAILED is neither met nor missed: something is not there that was to be counted, so no time of it means anything. */
export type Verdict = "met" | "missed" | "FAILED";

export interface Result {
  readonly target: Target;
  readonly verdict: Verdict;
  /** Milliseconds by percentile, from `min` to `max`; empty where nothing was measured. */
  readonly quantiles: Readonly<Record<string, number>>;
  readonly counts: Readonly<Record<"asked" | "delivered" | "measured", number>>;
  /** For each time that it was asked: how many times its bound the percentile took that came nearest to one, or went furthest beyond; empty where nothing was measured. */
  readonly strains: readonly number[];
  /** One sentence each. */
  readonly faults: readonly string[];
}

/** By k6 a threshold failed. */
const missedCode = 99;

export function resultOf(target: Target, ending: Ending): Result {
  const metrics = ending.summary?.metrics ?? {};
  const measured = metrics[counted.latency]?.values["count"] ?? 0;
  const count = (name: string): number => metrics[name]?.values["count"] ?? 0;
  const faults = faultsOf(ending, measured);
  const isMissed = Object.values(metrics[counted.latency]?.thresholds ?? {}).some(({ ok }) => !ok);
  const quantiles = measured === 0 ? {} : quantilesOf(metrics[counted.latency]!);
  return {
    target,
    verdict: faults.length > 0 ? "FAILED" : isMissed ? "missed" : "met",
    quantiles,
    counts: { asked: count(counted.asked), delivered: count(counted.delivered), measured },
    strains: measured === 0 ? [] : [strainOf(target, quantiles)],
    faults,
  };
}

/** Of a question that could not even be asked. */
export function unasked(target: Target, why: string): Result {
  const counts = { asked: 0, delivered: 0, measured: 0 };
  return { target, verdict: "FAILED", quantiles: {}, counts, strains: [], faults: [why] };
}

function strainOf({ bounds }: Target, quantiles: Result["quantiles"]): number {
  const times = [
    [quantiles["p(95)"], bounds.p95],
    [quantiles["p(99)"], bounds.p99],
  ].map(([took, bound]) => (took === undefined || bound === undefined ? 0 : took / bound));
  return Math.max(...times);
}

function faultsOf({ exitCode, said, summary, faults }: Ending, measured: number): string[] {
  const found = [...faults];
  if (exitCode !== 0 && exitCode !== missedCode) found.push(`k6 ended with ${exitCode}`);
  if (!summary) return [...found, "k6 wrote no summary", ...said];

  const missing = [counted.latency, counted.asked, counted.delivered, counted.lasted].filter(
    (name) => Object.keys(summary.metrics[name]?.thresholds ?? {}).length === 0,
  );
  for (const name of missing) found.push(`nothing watched over ${name}`);
  for (const [name, metric] of Object.entries(summary.metrics)) {
    if (name === counted.latency) continue;
    for (const [threshold, { ok }] of Object.entries(metric?.thresholds ?? {})) {
      if (!ok) found.push(`${name} is ${figureOf(metric!, threshold)}, not ${threshold}`);
    }
  }
  if (measured === 0) found.push("nothing was measured");
  if (found.length > 0) found.push(...said);
  const isRed = Object.values(summary.metrics).some((metric) =>
    Object.values(metric?.thresholds ?? {}).some(({ ok }) => !ok),
  );
  if (isRed !== (exitCode === missedCode)) {
    found.push(`k6 ended with ${exitCode}, which is not what its thresholds say`);
  }
  return found;
}

function figureOf({ values }: Metric, threshold: string): string {
  const name = /^[\w().]+?(?=[<>=])/.exec(threshold)?.[0] ?? "";
  return `${values[name] ?? "nothing"}`;
}

function quantilesOf({ values }: Metric): Record<string, number> {
  return Object.fromEntries(
    counted.quantiles.flatMap((name) => {
      const value = values[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

/** Where it was asked more than once, with how many of the runs have that verdict. */
export function verdictText({ verdict, strains }: Result): string {
  if (strains.length < 2) return verdict;
  const met = strains.filter((strain) => strain <= 1).length;
  return `${verdict}, ${verdict === "met" ? met : strains.length - met} of ${strains.length}`;
}

export function sumText(results: readonly Result[]): string {
  const met = results.filter(({ verdict }) => verdict === "met").length;
  return `${met} of ${results.length} targets met`;
}

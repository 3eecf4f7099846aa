import { Counter, Trend } from "k6/metrics";
import type { Options } from "k6/options";
import { nowMs } from "./clock.ts";
import { counted } from "../counted.ts";
import { plan } from "./plan.ts";

/** From a planned moment to its effect. */
export const latency = new Trend(counted.latency, true);
/** What was said or asked, and taken. */
export const asked = new Counter(counted.asked);
/** What came of it, at everybody who was to get it. */
export const delivered = new Counter(counted.delivered);
/** How long was asked. */
export const lasted = new Trend(counted.lasted, true);
const faults = new Counter(counted.faults);

let fromMs = Infinity;

/** What is planned from now on counts; what was before only warmed up, but must be right as well. */
export function beginMeasuring(): void {
  fromMs = nowMs();
}

export function isMeasured(plannedMs: number): boolean {
  return plannedMs >= fromMs;
}

/** Something that must not be: it fails the run, and is said. */
export function fault(sentence: string): void {
  faults.add(1);
  console.error(sentence);
}

/** What must be counted at the end. */
interface Expected {
  readonly asked: number;
  readonly delivered: number;
}

/**
 * One VU plays everybody: VUs share no memory, and what was said has to be compared with what each heard. Where a threshold does not hold, k6 exits with 99; a
 * count that is wrong, a run that was too short and a latency that nobody measured are such thresholds too.
 */
export function optionsOf(expected: Expected): Options {
  const { target, shape } = plan;
  const { p95, p99 } = target.bounds;
  return {
    scenarios: {
      [target.name]: {
        executor: "per-vu-iterations",
        vus: 1,
        iterations: 1,
        maxDuration: `${Math.ceil(shape.warmSeconds + shape.seconds) + 60}s`,
        gracefulStop: "0s",
      },
    },
    thresholds: {
      [counted.latency]: [
        ...(p95 === undefined ? [] : [`p(95)<=${p95}`]),
        ...(p99 === undefined ? [] : [`p(99)<=${p99}`]),
        // An empty trend is 0 in every percentile: what took no time at all was not measured.
        "max>0",
      ],
      [counted.asked]: [`count==${expected.asked}`],
      [counted.delivered]: [`count==${expected.delivered}`],
      [counted.faults]: ["count==0"],
      [counted.lasted]: [`min>=${shape.seconds * 1_000}`],
      iterations: ["count==1"],
    },
    summaryTrendStats: ["count", ...counted.quantiles],
  };
}

/** What is open, and how it is closed: k6 goes on for as long as anything is. */
const open = new Set<() => void>();

/** The one iteration: whatever is thrown in it is a fault, and in the end everybody leaves. */
export function asking(ask: () => Promise<void>): () => Promise<void> {
  return async () => {
    try {
      await ask();
    } catch (error) {
      fault(sentenceOf(error));
    }
    for (const close of open) close();
  };
}

/** Closes it in the end, unless it has closed itself by then. */
export function closeInTheEnd(close: () => void): { closed(): void } {
  open.add(close);
  return { closed: () => void open.delete(close) };
}

export function sentenceOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Goes to the file that the command reads, and nowhere else. */
export function writeSummary(data: unknown): Record<string, string> {
  return { [plan.result]: JSON.stringify(data) };
}

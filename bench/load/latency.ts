import { createHistogram, type RecordableHistogram } from "node:perf_hooks";

const microsMax = 60_000_000;

/** Times from a planned moment to its effect, in an HDR histogram of three digits; what takes more than a minute counts as a minute. */
export class Latency {
  readonly #histogram: RecordableHistogram = createHistogram({
    lowest: 1,
    highest: microsMax,
    figures: 3,
  });

  record(ms: number): void {
    this.#histogram.record(Math.min(microsMax, Math.max(1, Math.round(ms * 1_000))));
  }

  get count(): number {
    return this.#histogram.count;
  }

  /** Milliseconds: half, all but a twentieth, all but a hundredth, and the longest. */
  figures(what: string): Record<string, number> {
    if (this.count === 0) return {};
    const at = (percent: number): number => this.#histogram.percentile(percent) / 1_000;
    return {
      [`${what} p50 ms`]: at(50),
      [`${what} p95 ms`]: at(95),
      [`${what} p99 ms`]: at(99),
      [`${what} max ms`]: this.#histogram.max / 1_000,
    };
  }
}

import type { Outcome } from "./run-step.ts";

interface Summary {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What no test says: a step that failed by itself, a skip that nobody allowed. */
  readonly complaints: readonly string[];
}

/** Counts tests, and each step without tests as one. A skip that is not on the list counts as failed. */
export function summarise(
  outcomes: readonly Outcome[],
  allowedSkips: Readonly<Record<string, string>>,
): Summary {
  const cases = outcomes.flatMap((outcome) => outcome.cases);
  const skips = cases.filter(({ fate }) => fate === "skipped");
  const unlisted = skips.filter(({ name }) => !(name in allowedSkips));
  const troubled = outcomes.filter(({ trouble }) => trouble !== undefined);
  const failed = cases.filter(({ fate }) => fate === "failed").length;
  const passed = cases.filter(({ fate }) => fate === "passed").length;
  const quiet = outcomes.filter(({ ok, files }) => ok && files === 0).length;
  return {
    passed: passed + quiet,
    failed: failed + troubled.length + unlisted.length,
    skipped: skips.length - unlisted.length,
    complaints: [
      ...troubled.map(({ name, trouble }) => `${name}: ${trouble}`),
      ...unlisted.map(
        ({ name, file }) => `skipped, but not in scripts/skips.ts: ${name} (${file})`,
      ),
    ],
  };
}

/** The ten slowest tests, a line each. */
export function slowest(outcomes: readonly Outcome[]): string[] {
  return outcomes
    .flatMap(({ cases }) => cases)
    .sort((a, b) => b.seconds - a.seconds)
    .slice(0, 10)
    .map(({ seconds, name, file }) => `${seconds.toFixed(2).padStart(7)} s  ${name}  (${file})`);
}

import exec from "k6/execution";

/** Milliseconds since the test began, with their fractions, by a clock that never goes back; k6's `Date` counts whole ones. */
export function nowMs(): number {
  return exec.instance.currentTestRunDuration;
}

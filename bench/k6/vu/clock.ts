import exec from "k6/execution";

let instance: typeof exec.instance | undefined;

/** Milliseconds since the test began, with their fractions, by a clock that never goes back; k6's `Date` counts whole ones. */
export function nowMs(): number {
  return (instance ??= exec.instance).currentTestRunDuration;
}

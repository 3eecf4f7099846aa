import { runStep, type Outcome } from "./run-step.ts";
import { allowedSkips } from "./skips.ts";
import type { Step } from "./steps.ts";
import { slowest, summarise } from "./summary.ts";

function lineOf({ name, seconds, cases, ok }: Outcome): string {
  const tests = cases.length > 0 ? `  ${cases.length} tests` : "";
  return `${ok ? "✓" : "✗"} ${name.padEnd(12)} ${seconds.toFixed(1).padStart(6)} s${tests}`;
}

/** Runs stage after stage, the steps of a stage side by side, and prints each as it ends. */
export async function runStages(
  stages: readonly (readonly Step[])[],
  env: Record<string, string> = {},
): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  for (const stage of stages) {
    await Promise.all(
      stage.map(async (step) => {
        const outcome = await runStep(step, env);
        outcomes.push(outcome);
        console.log(lineOf(outcome));
        if (!outcome.ok) console.log(`${outcome.output}\n`);
      }),
    );
  }
  return outcomes;
}

/** Says how it went, the count alone on the last line, and returns the exit code. */
export function conclude(outcomes: readonly Outcome[]): number {
  const { passed, failed, skipped, complaints } = summarise(outcomes, allowedSkips);
  const slow = slowest(outcomes);
  if (slow.length > 0) console.log(`\nThe slowest tests\n${slow.join("\n")}`);
  if (complaints.length > 0) console.log(`\n${complaints.join("\n")}`);
  console.log(`\n${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 ? 0 : 1;
}

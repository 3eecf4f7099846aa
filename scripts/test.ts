/** Every check and test there is, or with `--only=unit,browser` some steps alone. */
import { parseArgs } from "node:util";
import { findBrowser } from "../client/test/browser.ts";
import { startTestPostgres } from "../server/test/database.ts";
import { conclude, runStages } from "./report.ts";
import { featuresStep, readingSteps, testingSteps } from "./steps.ts";

const { values } = parseArgs({ options: { only: { type: "string" } } });
const only = values.only?.split(",");

const { unit, integration, browser } = await testingSteps();
const stages = [readingSteps(), unit, integration, browser, [featuresStep()]]
  .map((stage) => stage.filter(({ name }) => !only || only.includes(name)))
  .filter((stage) => stage.length > 0);
const steps = stages.flat();
const unknown = only?.filter((name) => !steps.some((step) => step.name === name)) ?? [];
if (unknown.length > 0) {
  console.error(`There is no step named ${unknown.join(", ")}.`);
  process.exit(1);
}

const env: Record<string, string> = only ? {} : { PARLEY_REPORTS: "1" };
if (steps.some(({ postgres, files }) => postgres && files.length > 0)) {
  env["TEST_POSTGRES_URL"] = await startTestPostgres();
}
// Unpacked once, here, rather than by every test process at the same time.
if (browser.some((step) => steps.includes(step) && step.files.length > 0)) await findBrowser();

process.exit(conclude(await runStages(stages, env)));

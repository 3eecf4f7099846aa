/** Every check and test there is, or with `--only=unit,browser` some steps alone. */
import { parseArgs } from "node:util";
import { conclude, runStages } from "./report.ts";
import { featuresStep, readingSteps, testingSteps } from "./steps.ts";

const { values } = parseArgs({ options: { only: { type: "string" } } });
const only = values.only?.split(",");

const { unit, integration, browser } = await testingSteps();
const stages = [readingSteps(), [unit], [integration], [browser], [featuresStep()]].map((stage) =>
  stage.filter(({ name }) => !only || only.includes(name)),
);
const known = stages.flat();
if (only && known.length < only.length) {
  throw new Error(`There is no such step among: ${only.join(", ")}`);
}

process.exit(conclude(await runStages(stages), !only));

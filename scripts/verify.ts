/** The long forms: first starts from nothing, worst days, minutes of fuzzing. `npm test` comes before it. */
import { parseArgs } from "node:util";
import { findBrowser } from "../client/test/browser.ts";
import { startTestPostgres } from "../server/test/database.ts";
import { conclude, runStages } from "./report.ts";
import { longStep } from "./steps.ts";

const { positionals } = parseArgs({ allowPositionals: true });
const step = await longStep(positionals);
if (step.files.length === 0) {
  console.error("No *.verify.ts file has such a name.");
  process.exit(1);
}
await findBrowser();
const env = { TEST_POSTGRES_URL: await startTestPostgres() };
process.exit(conclude(await runStages([[step]], env)));

/** The quick part of `npm test`: what only reads. */
import { conclude, runStages } from "./report.ts";
import { featuresStep, readingSteps } from "./steps.ts";

process.exit(conclude(await runStages([[...readingSteps(), featuresStep()]])));

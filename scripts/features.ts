/** Rewrites the proof column of FEATURES.md from the names of the tests. */
import { proofsIn, withProofs } from "./feature-rows.ts";
import { readSources } from "./sources.ts";

const files = (await readSources()).filter(({ path }) =>
  /\.(test|browser|verify)\.tsx?$/.test(path),
);
const proofs = proofsIn(files.filter(({ path }) => !path.startsWith("scripts/")));
const before = await Bun.file("FEATURES.md").text();
const after = withProofs(before, proofs);
if (after !== before) await Bun.write("FEATURES.md", after);
console.log(after === before ? "FEATURES.md is up to date." : "FEATURES.md was rewritten.");

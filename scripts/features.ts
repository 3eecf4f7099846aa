/** Rewrites the proof column of FEATURES.md from the names of the tests. */
import { proofsIn, withProofs } from "./feature-rows.ts";
import { isProof, readSources } from "./sources.ts";

const proofs = proofsIn((await readSources()).filter(({ path }) => isProof(path)));
const before = await Bun.file("FEATURES.md").text();
const after = withProofs(before, proofs);
if (after !== before) await Bun.write("FEATURES.md", after);
console.log(after === before ? "FEATURES.md is up to date." : "FEATURES.md was rewritten.");

/** FEATURES.md says what works; here it has to show the test. */
import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import {
  idsOf,
  parseFeatures,
  proofsIn,
  withProofs,
  type FeatureRow,
} from "../scripts/feature-rows.ts";
import { parseReport, type TestCase } from "../scripts/junit.ts";
import { reportsFolder } from "../scripts/run-step.ts";
import { testingSteps } from "../scripts/steps.ts";
import { isProof, readSources } from "../scripts/sources.ts";

const text = await Bun.file("FEATURES.md").text();
const rows = parseFeatures(text);
const sources = (await readSources()).filter(({ path }) => isProof(path));

/** Rows that claim to work and that no test proves. */
function unproven(claims: readonly FeatureRow[], proven: ReadonlySet<string>): string[] {
  return claims.filter(({ id, state }) => state === "works" && !proven.has(id)).map(({ id }) => id);
}

function provenBy(cases: readonly TestCase[]): Set<string> {
  const passed = cases.filter(({ fate }) => fate === "passed");
  const failed = new Set(
    cases.filter(({ fate }) => fate === "failed").flatMap(({ name }) => idsOf(name)),
  );
  return new Set(passed.flatMap(({ name }) => idsOf(name)).filter((id) => !failed.has(id)));
}

test("every row of FEATURES.md that works has a test with its id", () => {
  expect(rows.length).toBeGreaterThan(200);
  expect(unproven(rows, new Set(proofsIn(sources).keys()))).toEqual([]);
});

test("the proof column names the tests that there are", () => {
  expect(withProofs(text, proofsIn(sources))).toBe(text);
});

// Alone, this file has no reports to compare with: a run hands them on.
if (process.env["PARLEY_REPORTS"]) {
  test("every row of FEATURES.md that works was proven in this run, by a test that passed", async () => {
    const cases: TestCase[] = [];
    for (const { name } of Object.values(await testingSteps()).flat()) {
      const report = `${reportsFolder}/${name}.xml`;
      if (existsSync(report)) cases.push(...parseReport(await Bun.file(report).text()));
    }
    expect(unproven(rows, provenBy(cases))).toEqual([]);
  });
}

test.each([
  ["skipped", "skipped"],
  ["failed", "failed"],
] as const)("a proof that was %s proves nothing", (_fate, fate) => {
  const row: FeatureRow = { id: "M3", sentence: "", state: "works", proof: "" };
  const said = { name: "chat > M3: an edit", file: "a.test.ts", seconds: 0 };
  expect(unproven([row], provenBy([{ ...said, fate }]))).toEqual(["M3"]);
  expect(unproven([row], provenBy([{ ...said, fate: "passed" }]))).toEqual([]);
});

test("a row that works without any test is found", () => {
  const [row] = parseFeatures("| M3 | An edit keeps what was said before | works | |");
  expect(unproven([row!], new Set())).toEqual(["M3"]);
});

test("a state that does not exist is refused", () => {
  expect(() => parseFeatures("| M3 | An edit | almost | |")).toThrow("almost");
});

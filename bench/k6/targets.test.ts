import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { chooseTargets } from "./choose.ts";
import { boundsText, questions, targets } from "./targets.ts";

const features = await Bun.file(join(import.meta.dir, "../../FEATURES.md")).text();

test("every target names rows of FEATURES.md, a bound, and a script that asks", () => {
  for (const { name, rows, bounds, question } of targets) {
    expect(rows.filter((row) => !features.includes(`| ${row} |`))).toEqual([]);
    expect(boundsText(bounds), name).toMatch(/^p9[59] ≤ [\d,.]+.* ms$/);
    expect(existsSync(join(import.meta.dir, "question", `${question}.ts`))).toBe(true);
  }
});

test("every question has a target, and no two have one name", () => {
  const asked = new Set(targets.map(({ question }) => question));
  expect(questions.filter((question) => !asked.has(question))).toEqual([]);
  expect(new Set(targets.map(({ name }) => name)).size).toBe(targets.length);
});

test("all in short ask for a minute and a half, so that they take three with their people", () => {
  const seconds = targets.reduce(
    (sum, { quick }) => sum + quick.warmSeconds + quick.seconds + quick.restSeconds,
    0,
  );
  expect(seconds).toBeLessThanOrEqual(95);
});

test("a question's name chooses all its targets, a target's name one, and an unknown name none", () => {
  expect(chooseTargets([])).toBe(targets);
  expect(chooseTargets(["flood"])!.map(({ name }) => name)).toEqual(["flood"]);
  expect(chooseTargets(["history"])!.map(({ name }) => name)).toEqual([
    "history-socket",
    "history-rest",
  ]);
  expect(chooseTargets(["flood", "food"])).toBeUndefined();
});

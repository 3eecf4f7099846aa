import { expect, test } from "bun:test";
import { pageOf } from "./page.ts";
import { targets } from "./targets.ts";
import type { Result } from "./verdict.ts";

function result(index: number, changed: Partial<Result>): Result {
  return {
    target: targets[index]!,
    verdict: "met",
    quantiles: { min: 0.4, med: 1.1, "p(95)": 3, "p(99)": 7, "p(99.9)": 8, max: 9 },
    counts: { asked: 10, delivered: 10, measured: 10 },
    strains: [0.75],
    faults: [],
    ...changed,
  };
}

const report = {
  startedAt: "2026-11-28T10:00:00.000Z",
  shape: "full" as const,
  command: "npm run bench",
  circumstances: ["two cores"],
  sum: "1 of 2 targets met",
  results: [
    result(0, {}),
    result(1, { verdict: "FAILED", quantiles: {}, faults: ["refused: <script>"] }),
  ],
  complaints: [],
};

test("the page says what the table says, with a chart of all and one of each that was measured", () => {
  const page = pageOf(report);
  expect(page).toContain("<h1>1 of 2 targets met</h1>");
  for (const { target } of report.results) expect(page).toContain(`<h3>${target.name}</h3>`);
  expect(page.match(/<svg/g)).toHaveLength(2);
  expect(page.match(/<polyline/g)).toHaveLength(1);
});

test("the page asks nobody for anything, and shows what was said as text", () => {
  const page = pageOf(report);
  expect(page).not.toMatch(/<script|<link|<img|https?:|url\(|@import/);
  expect(page).toContain("refused: &#60;script&#62;");
});

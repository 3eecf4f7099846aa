import { expect, test } from "bun:test";
import { checkSame, compare, readReport } from "./against.ts";
import type { Report } from "./report.ts";
import { targets } from "./targets.ts";
import type { Result } from "./verdict.ts";

const [first, second] = targets;

function result(target: Result["target"], p50: number, changed: Partial<Result> = {}): Result {
  const quantiles = { med: p50, "p(95)": 2 * p50, "p(99)": 3 * p50 };
  const counts = { asked: 9, delivered: 9, measured: 9 };
  return { target, verdict: "met", quantiles, counts, strains: [1], faults: [], ...changed };
}

function report(results: Result[]): Report {
  return {
    startedAt: "2026-11-28T10:00:00.000Z",
    command: "npm run bench -- --quick",
    shape: "quick",
    circumstances: ["2 × a processor"],
    sum: "",
    results,
    complaints: [],
  };
}

const then = report([result(first!, 10), result(second!, 4)]);

test("what takes as long as before, up to the margin, is within it; a missed target that was missed before is no news", () => {
  const now = [result(first!, 15), result(second!, 4.1, { verdict: "missed" })];
  const { text, isWithin } = compare(then, now);
  expect(isWithin).toBe(true);
  const lines = text.split("\n");
  expect(lines[0]).toEndWith("beside 2026-11-28");
  expect(lines[1]).toMatch(/^connect +× 1\.50 +× 1\.50 +× 1\.50 +alike$/);
  expect(lines[2]).toMatch(/× 1\.0[23] .* alike$/);
  expect(text).toContain("Then: 2 × a processor");
  expect(lines.at(-1)).toBe("2 of 2 within 1.5 times what they took");
});

test.each<[string, Result, string]>([
  ["longer than the margin at p50", result(first!, 15.1), "slower"],
  [
    "longer than the margin at p95 alone",
    result(first!, 10, { quantiles: { med: 10, "p(95)": 31, "p(99)": 31 } }),
    "slower",
  ],
  ["and counts wrong, however quick", result(first!, 1, { verdict: "FAILED" }), "FAILED"],
])("what takes %s is past it", (_what, now, word) => {
  const { text, isWithin } = compare(then, [now]);
  expect(isWithin).toBe(false);
  expect(text).toContain(word);
  expect(text).toContain("0 of 1 within");
});

test("another margin is kept, and p99 alone is not judged", () => {
  const late = result(first!, 10, { quantiles: { med: 10, "p(95)": 20, "p(99)": 900 } });
  expect(compare(then, [late]).isWithin).toBe(true);
  expect(compare(then, [result(first!, 12)], 1.1).isWithin).toBe(false);
  expect(compare(then, [result(first!, 2)]).text).toContain("quicker");
});

test("what was not asked before, not as much of it, or came out wrong is new; where nothing else is there nothing was compared", () => {
  const sizes = { ...first!, quick: { ...first!.quick, people: 1 } };
  for (const before of [[], [result(sizes, 10)], [result(first!, 10, { verdict: "FAILED" })]]) {
    const { text, isWithin } = compare(report(before), [result(first!, 10)]);
    expect(text).toMatch(/^connect +– +– +– +new$/m);
    expect(text).toContain("0 of 0 within");
    expect(isWithin).toBe(false);
  }
  expect(compare(then, [result(sizes, 10), result(second!, 4)]).isWithin).toBe(true);
});

test("a result of other sizes, and a file that is none, are refused with what to do", async () => {
  expect(() => checkSame(then, "full")).toThrow("ask with --quick");
  checkSame(then, "quick");
  await expectRefused("/nowhere/targets.json", "There is no /nowhere/targets.json");
  await expectRefused(import.meta.path, "is no result of this bench");
});

async function expectRefused(path: string, why: string): Promise<void> {
  const said = await readReport(path).then(
    () => "",
    (error: unknown) => String(error),
  );
  expect(said).toContain(why);
}

import { expect, test } from "bun:test";
import { readOptions } from "./options.ts";
import { isRight, reportText } from "./report.ts";

const run = (figure: number, ...faults: string[]) => ({ figures: { "p95 ms": figure }, faults });

test("a figure has its median, its spread and its goal", () => {
  const text = reportText("durable", { rate: 500 }, undefined, {
    runs: [run(3), run(9), run(5)],
    goals: { "p95 ms": { max: 4 } },
  });
  expect(text).toContain("npm run load -- durable --rate 500\n");
  expect(text).toContain("nothing is pinned");
  expect(text).toMatch(/p95 ms +5\.00 +3\.00 – 9\.00 +≤ 4: MISSED/);
  expect(text).toContain("3 runs: every message once");
});

test("a wrong count is told instead of a verdict, and one wrong run is enough", () => {
  const report = { runs: [run(3), run(4, "2 missing")] };
  expect(isRight(report)).toBe(false);
  expect(reportText("durable", {}, undefined, report)).toContain("FAILED: 2 missing");
  expect(isRight({ runs: [run(3)] })).toBe(true);
  expect(isRight({ runs: [] })).toBe(false);
});

test("options are read as their defaults are, and one that is wrong is named", () => {
  const defaults = { inFlight: 50, profile: "" };
  expect(readOptions(["--in-flight", "1"], defaults)).toEqual({ inFlight: 1, profile: "" });
  expect(() => readOptions(["--in-flight", "few"], defaults)).toThrow("--in-flight");
  expect(() => readOptions(["--sockets", "1"], defaults)).toThrow("--sockets");
});

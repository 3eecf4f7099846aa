import { expect, test } from "bun:test";
import type { ChaosRun } from "./chaos.ts";
import { isGood, reportOf } from "./report.ts";

const good: ChaosRun = {
  seed: 7,
  played: [
    { name: "a worker is killed", recoveryMs: 100.4 },
    { name: "a worker is killed", recoveryMs: 300 },
    { name: "Redis is frozen", recoveryMs: 50 },
  ],
  messages: 10,
  shown: 90,
  returns: 2,
  lagged: 1,
  cameToRest: true,
  verdict: { lost: [], doubled: [], reordered: [] },
};

test("W10: the report has a line per fault, with its recoveries, and ends with what was lost, doubled and reordered", () => {
  const lines = reportOf(good)
    .split("\n")
    .map((line) => line.replaceAll(/ {2,}/g, "  "));
  expect(lines).toEqual([
    "seed 7: 3 faults, 10 messages written, 90 shown, 2 returns, 1 times behind",
    "from a fault to what was written after it being everywhere  times  p50  p95  max",
    "a worker is killed  2  100 ms  300 ms  300 ms",
    "Redis is frozen  1  50 ms  50 ms  50 ms",
    "lost 0, doubled 0, reordered 0",
  ]);
  expect(isGood(good)).toBe(true);
});

test("W10: what is wrong stands before the last line, at most twenty sentences, and the run is not good", () => {
  const lost = Array.from({ length: 22 }, (_, at) => `sentence ${at}`);
  const bad = { ...good, verdict: { ...good.verdict, lost } };
  const lines = reportOf(bad).split("\n");
  expect(lines.at(-1)).toBe("lost 22, doubled 0, reordered 0");
  expect(lines.at(-2)).toBe("WRONG  and 2 more");
  expect(lines.filter((line) => line.startsWith("WRONG"))).toHaveLength(21);
  expect(isGood(bad)).toBe(false);
});

test("W10: a fault without a recovery, or a run that does not come to rest, is not good either", () => {
  const never = {
    ...good,
    played: [
      ...good.played,
      { name: "Redis is frozen", recoveryMs: undefined, why: ["Ada is blind"] },
    ],
  };
  expect(reportOf(never)).toMatch(/Redis is frozen +2 +50 ms +never +never/);
  expect(reportOf(never)).toContain("NEVER  Redis is frozen: Ada is blind");
  expect(isGood(never)).toBe(false);
  const restless = { ...good, cameToRest: false };
  expect(reportOf(restless)).toContain("WRONG  it did not come to rest");
  expect(isGood(restless)).toBe(false);
});

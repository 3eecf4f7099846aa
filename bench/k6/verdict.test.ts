import { expect, test } from "bun:test";
import { counted } from "./counted.ts";
import { tableText } from "./table.ts";
import { targets } from "./targets.ts";
import { type Ending, resultOf, type Summary, sumText } from "./verdict.ts";

const target = targets.find(({ name }) => name === "send-50")!;
const well = { ok: true };
const red = { ok: false };

/** As k6 writes it after a run in which all is as it should be. */
function summary(changed: Summary["metrics"] = {}): Summary {
  const values = { count: 2_000, min: 0.4, med: 1.1, "p(95)": 3, "p(99)": 7, max: 9 };
  return {
    metrics: {
      [counted.latency]: {
        values,
        thresholds: { "p(95)<=4": well, "p(99)<=8": well, "max>0": well },
      },
      [counted.asked]: { values: { count: 2_000 }, thresholds: { "count==2000": well } },
      [counted.delivered]: { values: { count: 2_000 }, thresholds: { "count==2000": well } },
      [counted.faults]: { values: { count: 0 }, thresholds: { "count==0": well } },
      [counted.lasted]: { values: { count: 1, min: 4_001 }, thresholds: { "min>=4000": well } },
      iterations: { values: { count: 1 }, thresholds: { "count==1": well } },
      ...changed,
    },
  };
}

function ending(changed: Partial<Ending> = {}): Ending {
  return { exitCode: 0, said: [], summary: summary(), faults: [], ...changed };
}

const slow = {
  values: { count: 2_000, med: 3, "p(95)": 12, "p(99)": 30 },
  thresholds: { "p(95)<=4": red, "p(99)<=8": red, "max>0": well },
};
const empty = {
  values: { count: 0, med: 0, "p(95)": 0, "p(99)": 0, max: 0 },
  thresholds: { "p(95)<=4": well, "p(99)<=8": well, "max>0": red },
};

test("what is counted right and quick enough is met", () => {
  const result = resultOf(target, ending());
  expect(result).toMatchObject({ verdict: "met", faults: [] });
  expect(result.counts).toEqual({ asked: 2_000, delivered: 2_000, measured: 2_000 });
  // p99 came nearest to its bound: 7 of 8 ms.
  expect(result.strains).toEqual([7 / 8]);
});

test("what is counted right and too slow is missed", () => {
  const result = resultOf(
    target,
    ending({ exitCode: 99, summary: summary({ [counted.latency]: slow }) }),
  );
  expect(result).toMatchObject({ verdict: "missed", faults: [], strains: [30 / 8] });
});

test.each<[string, Partial<Ending>, string]>([
  [
    "that delivered less, however quick it was",
    {
      exitCode: 99,
      summary: summary({
        [counted.delivered]: { values: { count: 1_980 }, thresholds: { "count==2000": red } },
      }),
    },
    "delivered is 1980, not count==2000",
  ],
  [
    "that was shorter than planned",
    {
      exitCode: 99,
      summary: summary({
        [counted.lasted]: { values: { count: 1, min: 900 }, thresholds: { "min>=4000": red } },
      }),
    },
    "lasted is 900, not min>=4000",
  ],
  [
    "with a refusal",
    {
      exitCode: 99,
      said: ["refused: slow_down"],
      summary: summary({
        [counted.faults]: { values: { count: 1 }, thresholds: { "count==0": red } },
      }),
    },
    "refused: slow_down",
  ],
  [
    "in which nothing was measured",
    { exitCode: 99, summary: summary({ [counted.latency]: empty }) },
    "nothing was measured",
  ],
  [
    "whose trend is not there at all",
    { summary: summary({ [counted.latency]: undefined }) },
    "nothing was measured",
  ],
  [
    "over whose counts nothing watched",
    { summary: summary({ [counted.delivered]: { values: { count: 2_000 } } }) },
    "nothing watched over delivered",
  ],
  ["that wrote no summary", { exitCode: 107, summary: undefined }, "k6 ended with 107"],
  ["that k6 calls red and no threshold does", { exitCode: 99 }, "k6 ended with 99"],
  ["of which others heard less", { faults: ["3 heard beside k6, not 4"] }, "3 heard beside k6"],
])("a run %s has FAILED", (_what, changed, sentence) => {
  const result = resultOf(target, ending(changed));
  expect(result.verdict).toBe("FAILED");
  expect(result.faults.join("\n")).toContain(sentence);
});

test("the table has a line for each, what was wrong beneath, and the sum counts what is met", () => {
  const results = [
    resultOf(target, ending()),
    resultOf(target, ending({ exitCode: 99, summary: summary({ [counted.latency]: slow }) })),
    resultOf(target, ending({ exitCode: 107, summary: undefined })),
  ];
  const lines = tableText(results).split("\n");
  expect(lines[0]).toBe("question   target                p50 ms   p95 ms   p99 ms   verdict");
  expect(lines[1]).toBe("send-50    p95 ≤ 4, p99 ≤ 8 ms      1.1      3.0      7.0   met");
  expect(lines[2]).toEndWith("3.0     12.0     30.0   missed");
  expect(lines[3]).toEndWith("–        –        –   FAILED");
  expect(lines[5]).toBe("send-50: k6 ended with 107");
  expect(sumText(results)).toBe("1 of 3 targets met");
});

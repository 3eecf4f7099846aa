import { expect, test } from "bun:test";
import { agreeing, clearStrain, settle } from "./settle.ts";
import { tableText } from "./table.ts";
import { targets } from "./targets.ts";
import { type Result, type Verdict, verdictText } from "./verdict.ts";

const target = targets.find(({ name }) => name === "switching")!;

/** A run whose figure is so many times its bound. */
function run(strain: number, verdict: Verdict = strain <= 1 ? "met" : "missed"): Result {
  const counts = { asked: 1, delivered: 1, measured: 1 };
  const quantiles = { med: 1, "p(95)": strain * target.bounds.p95!, "p(99)": 99 };
  return { target, verdict, quantiles, counts, strains: [strain], faults: [] };
}

/** What comes out of these runs, and how many of them it took. */
async function settled(...runs: readonly Result[]): Promise<{ result: Result; asked: number }> {
  const left = [...runs];
  const result = await settle(() => Promise.resolve(left.shift()!));
  return { result, asked: runs.length - left.length };
}

test("X1 what takes no more than half of its bound is asked once", async () => {
  const { result, asked } = await settled(run(clearStrain));
  expect(asked).toBe(1);
  expect(result.strains).toEqual([clearStrain]);
  expect(verdictText(result)).toBe("met");
});

test.each([
  ["takes more than that", clearStrain + 0.01, "met"],
  ["misses it, however far", 40, "missed"],
])("X1 what %s is asked until three agree", async (_what, strain, verdict) => {
  const { result, asked } = await settled(...Array.from({ length: 5 }, () => run(strain)));
  expect(asked).toBe(agreeing);
  expect(verdictText(result)).toBe(`${verdict}, 3 of 3`);
});

test.each([
  [[0.77, 1.11, 0.9, 0.8], "met, 3 of 4", 0.9],
  [[1.11, 0.77, 1.2, 1.02], "missed, 3 of 4", 1.11],
  [[0.77, 1.11, 1.5, 0.8, 0.9], "met, 3 of 5", 0.9],
  [[0.77, 1.11, 1.5, 0.8, 1.2], "missed, 3 of 5", 1.11],
  [[40, 0.3, 0.2, 0.1], "met, 3 of 4", 0.3],
])(
  "X1 of runs that took %j times their bound the middle one stands for all: %s",
  async (strains, text, shown) => {
    const { result, asked } = await settled(...strains.map((strain) => run(strain)));
    expect(asked).toBe(strains.length);
    expect(result.strains).toEqual(strains);
    expect(result.quantiles["p(95)"]).toBe(shown * target.bounds.p95!);
    expect(tableText([result]).split("\n")[1]).toEndWith(text);
  },
);

test("X1 a run that FAILED is the answer, whatever the others said", async () => {
  const { result, asked } = await settled(run(0.9), run(0.9, "FAILED"), run(0.9), run(0.9));
  expect(asked).toBe(2);
  expect(verdictText(result)).toBe("FAILED");
});

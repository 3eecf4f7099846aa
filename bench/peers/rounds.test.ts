import { expect, test } from "bun:test";
import { answerText, isRight } from "./report.ts";
import { compare, inTurns } from "./rounds.ts";

const right = (cost: number) => ({ figures: { cost }, faults: [] });

/** Somebody who answers with these, one after the other. */
function turn(title: string, order: string[], ...costs: number[]) {
  let count = 0;
  return {
    title,
    run: async () => {
      order.push(title);
      const cost = costs[count++]!;
      return cost < 0 ? { figures: {}, faults: ["2 missing"] } : right(cost);
    },
  };
}

test("everybody is asked once in each round, another one first, and the warm-up does not count", async () => {
  const order: string[] = [];
  const turns = [turn("a", order, 9, 1, 2), turn("b", order, 9, 3, 8)];
  const rounds = await inTurns(turns, { rounds: 2, warmsUp: true });
  expect(order.join("")).toBe("abab" + "ba");
  expect(compare(rounds, "a", "cost")).toEqual([
    { title: "a", value: { median: 1.5, least: 1, most: 2 }, ratio: undefined },
    {
      title: "b",
      value: { median: 5.5, least: 3, most: 8 },
      ratio: { median: 3.5, least: 3, most: 4 },
    },
  ]);
});

test("whoever is wrong is not asked again, has no figure, and is named; the others go on", async () => {
  const order: string[] = [];
  const broken = { title: "c", run: () => Promise.reject(new Error("it is gone")) };
  const turns = [turn("a", order, 1, 2), turn("b", order, -1), broken];
  const rounds = await inTurns(turns, { rounds: 2, warmsUp: false });
  expect(order.join("")).toBe("aba");
  expect(compare(rounds, "a", "cost").map(({ title }) => title)).toEqual(["a"]);
  const answer = { question: { name: "q", asks: "?", figures: ["cost"] }, rounds };
  expect(isRight(answer)).toBe(false);
  const text = answerText(answer, "a");
  expect(text).toContain("FAILED: b: 2 missing");
  expect(text).toContain("FAILED: c: it is gone");
});

test("where Parley itself is wrong there is nothing to compare with", async () => {
  const turns = [turn("a", [], -1), turn("b", [], 4)];
  const rounds = await inTurns(turns, { rounds: 1, warmsUp: false });
  expect(compare(rounds, "a", "cost")).toEqual([
    { title: "b", value: { median: 4, least: 4, most: 4 }, ratio: undefined },
  ]);
});

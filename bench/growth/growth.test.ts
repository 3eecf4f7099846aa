import { expect, test } from "bun:test";
import { growthOf, lineThrough } from "./growth.ts";
import { pageOf } from "./page.ts";

const run = (value: number) => ({ figures: { cost: value }, faults: [] });

test("a figure's growth has the median of each count with its spread, and nothing where it was not measured", () => {
  const reports = new Map([
    [1, { runs: [run(5), run(1), run(3)] }],
    [2, { runs: [{ figures: {}, faults: [] }] }],
  ]);
  expect(growthOf(["cost", "nothing"], reports)).toEqual([
    {
      figure: "cost",
      points: [{ count: 1, median: 3, least: 1, most: 5 }],
      line: undefined,
    },
  ]);
});

test("a straight line is found again, by what it costs anyway and what each one more costs", () => {
  const points = [10, 100, 500].map((count) => ({ count, median: 40 + count * 0.25 }));
  const { base, each } = lineThrough(points)!;
  expect(base).toBeCloseTo(40);
  expect(each).toBeCloseTo(0.25);
  expect(lineThrough(points.slice(0, 2))).toBeUndefined();
});

test("the page has a chart of every figure, and asks nobody for anything", () => {
  const points = [1, 10, 100].map((count) => ({ count, median: count, least: 0, most: 200 }));
  const growths = [
    { figure: "worker <µs>", points, line: { base: 0, each: 1 } },
    { figure: "receipt p95 ms", points: points.slice(0, 1), line: undefined },
  ];
  const page = pageOf({
    startedAt: "2026-11-28T10:00:00.000Z",
    command: "npm run growth",
    circumstances: ["two cores"],
    axes: [{ name: "members", asks: "Members of a channel", isWide: true, growths, faults: [] }],
  });
  expect(page.match(/<svg/g)).toHaveLength(2);
  expect(page).toContain("worker &#60;µs&#62;");
  expect(page).not.toMatch(/<script|<link|<img|https?:|url\(|@import|NaN/);
});

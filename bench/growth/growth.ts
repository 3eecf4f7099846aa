import { medianOf, type Report, rounded } from "../load/report.ts";

/** A figure at one count: the median of its runs, the least and the most of them. */
export interface Point {
  readonly count: number;
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** Of the best straight line through the medians: what it costs anyway, and what each one more costs. */
export interface Line {
  readonly base: number;
  readonly each: number;
}

/** How one figure grows. */
export interface Growth {
  readonly figure: string;
  readonly points: readonly Point[];
  /** Only where there are points enough to say something. */
  readonly line: Line | undefined;
}

/** What was found of each figure, from the reports by count. */
export function growthOf(
  figures: readonly string[],
  reports: ReadonlyMap<number, Report>,
): Growth[] {
  return figures.flatMap((figure) => {
    const points = [...reports].flatMap(([count, { runs }]) => {
      const values = runs
        .flatMap((run) => run.figures[figure] ?? [])
        .toSorted((one, other) => one - other);
      if (values.length === 0) return [];
      return [{ count, median: medianOf(values), least: values[0]!, most: values.at(-1)! }];
    });
    return points.length > 0 ? [{ figure, points, line: lineThrough(points) }] : [];
  });
}

/** By least squares; undefined below three points, where every line would fit. */
export function lineThrough(points: readonly Pick<Point, "count" | "median">[]): Line | undefined {
  if (points.length < 3) return undefined;
  const mean = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [x, y] = [mean(points.map(({ count }) => count)), mean(points.map(({ median }) => median))];
  const across = points.map(({ count, median }) => (count - x) * (median - y));
  const along = points.map(({ count }) => (count - x) ** 2);
  const each = mean(across) / mean(along);
  return { base: y - each * x, each };
}

/** `40 + 0.25 each`. */
export function lineText(line: Line | undefined): string {
  if (!line) return "";
  const [base, each] = [rounded(line.base), rounded(Math.abs(line.each))];
  return `${base} ${line.each < 0 ? "−" : "+"} ${each} each`;
}

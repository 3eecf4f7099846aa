import { escaped } from "../html.ts";
import { rounded } from "../load/report.ts";
import type { Growth } from "./growth.ts";

const size = { width: 340, height: 180, start: 48, end: 20, bottom: 24, top: 10 } as const;

/** One figure over what grows: medians with their spread, and the line through them. */
export function growthChart({ figure, points, line }: Growth, isWide: boolean): string {
  const along = isWide ? Math.log10 : (count: number) => count;
  const counts = points.map(({ count }) => along(count));
  const [first, last] = [isWide ? Math.min(...counts) : 0, Math.max(...counts)];
  const top = Math.max(...points.map(({ most }) => most)) * 1.1 || 1;
  const x = (count: number): number =>
    size.start +
    (last === first ? 0.5 : (along(count) - first) / (last - first)) *
      (size.width - size.start - size.end);
  const y = (value: number): number =>
    size.top + (1 - Math.min(1, Math.max(0, value / top))) * (size.height - size.top - size.bottom);
  const grid = [0, top / 2, top].map(
    (value) =>
      `<line class="grid" x1="${size.start}" x2="${size.width - size.end}" y1="${y(value)}" y2="${y(value)}"/>` +
      `<text class="axis" x="${size.start - 6}" y="${y(value) + 4}" text-anchor="end">${rounded(value)}</text>`,
  );
  const marks = points.map(
    ({ count, median, least, most }) =>
      `<g><title>${count.toLocaleString("en")}: ${rounded(median)} (${rounded(least)} to ${rounded(most)})</title>` +
      `<line class="spread" x1="${x(count)}" x2="${x(count)}" y1="${y(least)}" y2="${y(most)}"/>` +
      `<circle class="dot" cx="${x(count)}" cy="${y(median)}" r="3.5"/></g>`,
  );
  const names = namedPoints(points.map(({ count }) => x(count))).map(
    (index) =>
      `<text class="axis" x="${x(points[index]!.count)}" y="${size.height - 6}" text-anchor="middle">${countText(points[index]!.count)}</text>`,
  );
  const path = points.map(({ count, median }) => `${x(count).toFixed(1)},${y(median).toFixed(1)}`);
  const fitted =
    line && !isWide
      ? `<line class="fit" x1="${x(0)}" x2="${x(last)}" y1="${y(line.base)}" y2="${y(line.base + line.each * last)}"/>`
      : `<polyline class="curve" points="${path.join(" ")}"/>`;
  return `<figure><figcaption>${escaped(figure)}</figcaption><svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${escaped(figure)}">${grid.join("")}${names.join("")}${fitted}${marks.join("")}</svg></figure>`;
}

const nameWidth = 36;

/** Those whose names stand clear of each other, the last one always. */
function namedPoints(places: readonly number[]): number[] {
  const named: number[] = [];
  for (let index = places.length - 1; index >= 0; index--) {
    const after = named.at(-1);
    if (after === undefined || places[after]! - places[index]! >= nameWidth) named.push(index);
  }
  return named;
}

function countText(count: number): string {
  return new Intl.NumberFormat("en", { notation: "compact" }).format(count);
}

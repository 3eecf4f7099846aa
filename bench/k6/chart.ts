import { escaped } from "../html.ts";
import { counted } from "./counted.ts";
import { msText } from "./table.ts";
import type { Result } from "./verdict.ts";

const rowHeight = 28;
const label = 132;
const width = 720;
const margin = 36;
const axisHeight = 28;
const decades = [0.1, 1, 10, 100, 1_000, 10_000] as const;

/** Milliseconds on an axis of decades. */
function across(ms: number): number {
  const [first, last] = [Math.log10(decades[0]), Math.log10(decades.at(-1)!)];
  const at = (Math.log10(Math.max(ms, decades[0])) - first) / (last - first);
  return label + Math.min(1, at) * (width - label - margin);
}

/** For each target a line from p50 to p99, a dot at p95, and a mark at each bound. */
export function overview(results: readonly Result[]): string {
  const height = results.length * rowHeight + axisHeight;
  const grid = decades.map(
    (ms) =>
      `<line class="grid" x1="${across(ms)}" x2="${across(ms)}" y1="0" y2="${height - axisHeight}"/>` +
      `<text class="axis" x="${across(ms)}" y="${height - 8}" text-anchor="middle">${ms.toLocaleString("en")} ms</text>`,
  );
  const rows = results.map(({ target, quantiles, verdict }, index) => {
    const y = index * rowHeight + rowHeight / 2;
    const [p50, p95, p99] = [quantiles["med"], quantiles["p(95)"], quantiles["p(99)"]];
    const marks = Object.values(target.bounds).map(
      (ms) =>
        `<line class="bound" x1="${across(ms)}" x2="${across(ms)}" y1="${y - 9}" y2="${y + 9}"/>`,
    );
    const found =
      p50 === undefined || p95 === undefined || p99 === undefined
        ? ""
        : `<line class="range ${verdict}" x1="${across(p50)}" x2="${across(p99)}" y1="${y}" y2="${y}"/>` +
          `<circle class="dot ${verdict}" cx="${across(p95)}" cy="${y}" r="4"/>`;
    const name = escaped(target.name);
    return `<g><title>${name}: p50 ${msText(p50)}, p95 ${msText(p95)}, p99 ${msText(p99)} ms, ${verdict}</title><text class="name" x="0" y="${y + 4}">${name}</text>${marks.join("")}${found}</g>`;
  });
  return `<svg viewBox="0 0 ${width} ${height}" role="img" aria-label="p50, p95 and p99 of every target, beside its bounds">${grid.join("")}${rows.join("")}</svg>`;
}

const curve = { width: 340, height: 120, start: 44, end: 16, bottom: 20, top: 8 } as const;

/** From the quickest to the slowest: how long each share of all took. */
export function quantileCurve({ target, quantiles }: Result): string {
  const names = counted.quantiles.filter((name) => quantiles[name] !== undefined);
  if (names.length === 0) return "";
  const bounds = Object.values(target.bounds);
  const top = Math.max(quantiles["p(99.9)"] ?? 0, ...bounds) * 1.05;
  const x = (index: number): number =>
    curve.start +
    (index / (counted.quantiles.length - 1)) * (curve.width - curve.start - curve.end);
  const y = (ms: number): number =>
    curve.top + (1 - Math.min(1, ms / top)) * (curve.height - curve.top - curve.bottom);
  const points = names.map((name) => {
    const at = counted.quantiles.indexOf(name);
    return `${x(at).toFixed(1)},${y(quantiles[name]!).toFixed(1)}`;
  });
  const lines = bounds.map(
    (ms) =>
      `<line class="bound" x1="${curve.start}" x2="${curve.width - curve.end}" y1="${y(ms)}" y2="${y(ms)}"/>`,
  );
  const axis = (["min", "med", "p(95)", "p(99)", "max"] as const).map(
    (name) =>
      `<text class="axis" x="${x(counted.quantiles.indexOf(name))}" y="${curve.height - 4}" text-anchor="middle">${percentile(name)}</text>`,
  );
  const scale = [0, top / 2, top].map(
    (ms) =>
      `<text class="axis" x="${curve.start - 6}" y="${y(ms) + 4}" text-anchor="end">${msText(ms)}</text>`,
  );
  return `<svg viewBox="0 0 ${curve.width} ${curve.height}" role="img" aria-label="${escaped(target.name)}: milliseconds by percentile">${scale.join("")}${axis.join("")}${lines.join("")}<polyline class="curve" points="${points.join(" ")}"/></svg>`;
}

/** k6's `p(95)` as people write it. */
function percentile(name: string): string {
  return name === "med" ? "p50" : name.replace(/[()]/g, "");
}

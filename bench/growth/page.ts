import { documentOf, escaped, originOf } from "../html.ts";
import { rounded } from "../load/report.ts";
import { growthChart } from "./chart.ts";
import { type Growth, lineText } from "./growth.ts";

/** What was found along one axis. */
export interface Grown {
  readonly name: string;
  readonly asks: string;
  readonly isWide: boolean;
  readonly growths: readonly Growth[];
  readonly faults: readonly string[];
}

export interface GrowthReport {
  readonly startedAt: string;
  readonly command: string;
  readonly circumstances: readonly string[];
  readonly axes: readonly Grown[];
}

/** All of it as a page that needs nothing else. */
export function pageOf(report: GrowthReport): string {
  const title = "How cost grows";
  const body = `<h1>${title}</h1>
${originOf(report)}
<p class="under">Dot: median of the runs. Upright line: from the least to the most of them. Straight line: the best through the medians.</p>
${report.axes.map(section).join("\n")}`;
  return documentOf({ title, style, body });
}

function section({ name, asks, isWide, growths, faults }: Grown): string {
  const wrong = faults.map((each) => `<li>${escaped(each)}`).join("");
  return `<section id="${name}">
<h2>${escaped(name)}</h2>
<p class="under">${escaped(asks)}.</p>
${wrong && `<ul class="FAILED">${wrong}</ul>`}
<div class="charts">${growths.map((growth) => growthChart(growth, isWide)).join("")}</div>
${growths.length > 0 ? table(growths, isWide) : ""}
</section>`;
}

function table(growths: readonly Growth[], isWide: boolean): string {
  const counts = [...new Set(growths.flatMap(({ points }) => points.map(({ count }) => count)))];
  const head = counts.map((count) => `<th class="number">${count.toLocaleString("en")}`).join("");
  const rows = growths.map(({ figure, points, line }) => {
    const cells = counts.map((count) => {
      const point = points.find((one) => one.count === count);
      return `<td class="number">${point ? rounded(point.median) : "–"}`;
    });
    return `<tr><td>${escaped(figure)}${cells.join("")}<td class="number">${isWide ? "" : escaped(lineText(line))}</tr>`;
  });
  return `<table><thead><tr><th>Figure${head}<th class="number">${isWide ? "" : "line"}</tr></thead><tbody>${rows.join("\n")}</tbody></table>`;
}

const style = `
.charts { display: grid; grid-template-columns: repeat(auto-fill, minmax(320px, 1fr)); gap: 16px 24px; margin-block-start: 12px; }
figure { margin: 0; }
figcaption { font-size: 13px; line-height: 18px; }
svg .dot { fill: var(--accent); }
svg .spread { stroke: var(--accent); stroke-width: 1.5; }
svg .fit { stroke: var(--text-3); stroke-width: 1.5; }
@media (max-width: 719px) { section { overflow-x: auto; } table { font-size: 13px; } }
`;

import { documentOf, escaped, originOf } from "../html.ts";
import { overview, quantileCurve } from "./chart.ts";
import type { Report } from "./report.ts";
import { msText } from "./table.ts";
import { boundsText } from "./targets.ts";
import { type Result, verdictText } from "./verdict.ts";

/** The report as a page that needs nothing else. */
export function pageOf(report: Report): string {
  const { sum, results, complaints } = report;
  const body = `<h1>${escaped(sum)}</h1>
${originOf(report)}
<h2>All targets</h2>
<p class="under">Line: from p50 to p99. Dot: p95. Upright mark: what p95 or p99 may take at most.</p>
${overview(results)}
<table>
<thead><tr><th>Question<th>Target<th class="number">p50 ms<th class="number">p95 ms<th class="number">p99 ms<th>Verdict</tr></thead>
<tbody>
${results.map(row).join("\n")}
</tbody>
</table>
<h2>Each question</h2>
${results.map(section).join("\n")}
${complaints.length > 0 ? `<h2>The server said</h2><ul>${complaints.map((each) => `<li>${escaped(each)}`).join("")}</ul>` : ""}`;
  return documentOf({ title: sum, style, body });
}

function row(result: Result): string {
  const { target, quantiles, verdict } = result;
  const numbers = ["med", "p(95)", "p(99)"].map(
    (name) => `<td class="number">${msText(quantiles[name])}`,
  );
  return `<tr><td><a href="#${target.name}">${target.name}</a><td>${boundsText(target.bounds)}${numbers.join("")}<td class="${verdict}">${verdictText(result)}</tr>`;
}

function section(result: Result): string {
  const { target, counts, faults } = result;
  const numbers = [counts.asked, counts.delivered, counts.measured].map((count) =>
    count.toLocaleString("en"),
  );
  const wrong =
    faults.length > 0
      ? `<ul class="FAILED">${faults.map((each) => `<li>${escaped(each)}`).join("")}</ul>`
      : "";
  return `<section id="${target.name}">
<div><h3>${target.name}</h3>
<p>${escaped(target.asks)}.</p>
<p class="under">${boundsText(target.bounds)} · rows ${target.rows.join(", ")}<br>${numbers[0]} asked, ${numbers[1]} delivered, ${numbers[2]} measured${runsText(result)}</p>${wrong}</div>
${quantileCurve(result)}
</section>`;
}

/** How near its bound each run came, where there are several. */
function runsText({ strains }: Result): string {
  if (strains.length < 2) return "";
  const times = strains.map((strain) => strain.toFixed(2)).join(", ");
  return `<br>asked ${strains.length} times, shown is the middle one: ${times} times what it may take`;
}

const style = `
svg .bound { stroke: var(--text-3); stroke-width: 2; }
svg .range { stroke-width: 3; stroke-linecap: round; }
svg .range.met { stroke: var(--ok); } svg .range.missed { stroke: var(--away); } svg .range.FAILED { stroke: var(--danger); }
svg .dot.met { fill: var(--ok); } svg .dot.missed { fill: var(--away); } svg .dot.FAILED { fill: var(--danger); }
td.met { color: var(--ok); } td.missed { color: var(--away); }
section { display: grid; grid-template-columns: 1fr 340px; gap: 24px; padding-block: 16px; border-block-end: 1px solid var(--line); }
@media (max-width: 719px) { section { grid-template-columns: 1fr; } table { font-size: 13px; } }
`;

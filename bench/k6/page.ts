import { escaped, overview, quantileCurve } from "./chart.ts";
import type { Report } from "./report.ts";
import { msText } from "./table.ts";
import { boundsText } from "./targets.ts";
import type { Result } from "./verdict.ts";

/** The report as a page that needs nothing else. */
export function pageOf(report: Report): string {
  const { sum, results, startedAt, command, circumstances, complaints } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(sum)} · Parley</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escaped(sum)}</h1>
<p class="under"><time datetime="${startedAt}">${startedAt.slice(0, 16).replace("T", " ")} UTC</time> · <code>${escaped(command)}</code><br>${circumstances.map(escaped).join(" · ")}</p>
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
${complaints.length > 0 ? `<h2>The server said</h2><ul>${complaints.map((each) => `<li>${escaped(each)}`).join("")}</ul>` : ""}
</main>
</body>
</html>
`;
}

function row({ target, quantiles, verdict }: Result): string {
  const numbers = ["med", "p(95)", "p(99)"].map(
    (name) => `<td class="number">${msText(quantiles[name])}`,
  );
  return `<tr><td><a href="#${target.name}">${target.name}</a><td>${boundsText(target.bounds)}${numbers.join("")}<td class="${verdict}">${verdict}</tr>`;
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
<p class="under">${boundsText(target.bounds)} · rows ${target.rows.join(", ")}<br>${numbers[0]} asked, ${numbers[1]} delivered, ${numbers[2]} measured</p>${wrong}</div>
${quantileCurve(result)}
</section>`;
}

const style = `
:root { color-scheme: light dark; --paper: #ffffff; --text: #1d1b18; --text-2: #57524a; --text-3: #68625a; --line: #dedad2; --accent: #2251cc; --danger: #b3261e; --ok: #166d38; --away: #855800; }
@media (prefers-color-scheme: dark) { :root { --paper: #1a1917; --text: #ece9e2; --text-2: #b5afa4; --text-3: #a39d91; --line: #33312c; --accent: #93b1ff; --danger: #ff8f85; --ok: #4cc27a; --away: #e0b050; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--text); font: 14px/20px Inter, system-ui, sans-serif; font-variant-numeric: tabular-nums; }
main { max-width: 760px; padding: 32px 24px 48px; }
h1 { margin: 0; font-size: 22px; line-height: 28px; font-weight: 600; }
h2 { margin: 32px 0 8px; font-size: 17px; line-height: 24px; font-weight: 600; }
h3 { margin: 0; font-size: 14px; font-weight: 600; }
p { margin: 4px 0; }
a { color: var(--accent); text-decoration: none; }
code { font: 12px/16px ui-monospace, monospace; }
.under { color: var(--text-2); font-size: 13px; line-height: 18px; }
svg { display: block; width: 100%; height: auto; font: 12px Inter, system-ui, sans-serif; }
svg .name { fill: var(--text); }
svg .axis { fill: var(--text-3); font-size: 11px; }
svg .grid { stroke: var(--line); }
svg .bound { stroke: var(--text-3); stroke-width: 2; }
svg .range { stroke-width: 3; stroke-linecap: round; }
svg .range.met { stroke: var(--ok); } svg .range.missed { stroke: var(--away); } svg .range.FAILED { stroke: var(--danger); }
svg .dot.met { fill: var(--ok); } svg .dot.missed { fill: var(--away); } svg .dot.FAILED { fill: var(--danger); }
svg .curve { fill: none; stroke: var(--accent); stroke-width: 2; }
table { width: 100%; margin-block-start: 16px; border-collapse: collapse; }
th, td { padding: 6px 12px 6px 0; border-block-end: 1px solid var(--line); text-align: start; font-weight: 400; }
th { color: var(--text-2); font-size: 13px; }
.number { text-align: end; }
td.met { color: var(--ok); } td.missed { color: var(--away); } .FAILED { color: var(--danger); font-weight: 600; }
section { display: grid; grid-template-columns: 1fr 340px; gap: 24px; padding-block: 16px; border-block-end: 1px solid var(--line); }
ul { margin: 4px 0; padding-inline-start: 16px; }
@media (max-width: 719px) { section { grid-template-columns: 1fr; } table { font-size: 13px; } }
`;

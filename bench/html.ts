/** Pages that the benches leave: each is one file that asks nobody for anything. */

/** Text that stands in a page. */
export function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}

interface Page {
  readonly title: string;
  /** Of this page alone, beside what all have. */
  readonly style: string;
  readonly body: string;
}

export function documentOf({ title, style, body }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)} · Parley</title>
<style>${everywhere}${style}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`;
}

interface Origin {
  readonly startedAt: string;
  readonly command: string;
  readonly circumstances: readonly string[];
}

/** When it was asked, by which command, and where. */
export function originOf({ startedAt, command, circumstances }: Origin): string {
  return `<p class="under"><time datetime="${startedAt}">${startedAt.slice(0, 16).replace("T", " ")} UTC</time> · <code>${escaped(command)}</code><br>${circumstances.map(escaped).join(" · ")}</p>`;
}

const everywhere = `
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
svg .curve { fill: none; stroke: var(--accent); stroke-width: 2; }
table { width: 100%; margin-block-start: 16px; border-collapse: collapse; }
th, td { padding: 6px 12px 6px 0; border-block-end: 1px solid var(--line); text-align: start; font-weight: 400; }
th { color: var(--text-2); font-size: 13px; }
.number { text-align: end; }
.FAILED { color: var(--danger); font-weight: 600; }
ul { margin: 4px 0; padding-inline-start: 16px; }
`;

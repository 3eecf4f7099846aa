import { boundsText } from "./targets.ts";
import { type Result, verdictText } from "./verdict.ts";

/** Milliseconds, with as many digits as mean something. */
export function msText(ms: number | undefined): string {
  if (ms === undefined) return "–";
  if (ms >= 100) return Math.round(ms).toLocaleString("en");
  return ms.toFixed(1);
}

/** Question, target, percentiles, verdict; beneath it what was wrong. */
export function tableText(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.target.name,
    boundsText(result.target.bounds),
    msText(result.quantiles["med"]),
    msText(result.quantiles["p(95)"]),
    msText(result.quantiles["p(99)"]),
    verdictText(result),
  ]);
  const faults = results.flatMap(({ target, faults: sentences }) =>
    sentences.map((sentence) => `${target.name}: ${sentence}`),
  );
  const head = ["question", "target", "p50 ms", "p95 ms", "p99 ms", "verdict"];
  const lines = columns([head, ...rows], [2, 3, 4]);
  return [...lines, ...(faults.length > 0 ? ["", ...faults] : [])].join("\n");
}

/** Lines of one width, those columns with numbers to the right. */
export function columns(
  rows: readonly (readonly string[])[],
  numbers: readonly number[],
): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) =>
        numbers.includes(column) ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
      )
      .join("   ")
      .trimEnd(),
  );
}

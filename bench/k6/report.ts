import { circumstancesOf } from "../machine.ts";
import { markdownTable } from "../markdown.ts";
import { writeFiles } from "../write-files.ts";
import { pageOf } from "./page.ts";
import { msText } from "./table.ts";
import { boundsText } from "./targets.ts";
import { type Result, sumText, verdictText } from "./verdict.ts";

/** What a run found, and where. */
export interface Report {
  readonly startedAt: string;
  /** As it could be typed again. */
  readonly command: string;
  /** Of the two sizes of each question. */
  readonly shape: "full" | "quick";
  /** One sentence each. */
  readonly circumstances: readonly string[];
  readonly sum: string;
  readonly results: readonly Result[];
  /** What the server complained of meanwhile. */
  readonly complaints: readonly string[];
}

export function reportOf(
  run: Pick<Report, "startedAt" | "command" | "shape" | "complaints" | "results"> & {
    /** Where and on what it was measured, one sentence each. */
    place: readonly string[];
    k6: string;
  },
): Report {
  const { place, k6, ...rest } = run;
  return {
    ...rest,
    circumstances: circumstancesOf(`Bun ${Bun.version}, ${k6}`, ...place),
    sum: sumText(run.results),
  };
}

/** The table of README.md. */
function markdownOf({ startedAt, command, circumstances, sum, results }: Report): string {
  const rows = results.map((result) => [
    `${result.target.name} (${result.target.rows.join(" ")})`,
    boundsText(result.target.bounds),
    ...["med", "p(95)", "p(99)"].map((name) => msText(result.quantiles[name])),
    verdictText(result),
  ]);
  const head = ["question (rows)", "target", "p50 ms", "p95 ms", "p99 ms", "verdict"];
  const said = `\`${command}\`, ${startedAt.slice(0, 10)}: **${sum}**. ${circumstances.join("; ")}.`;
  return `${said}\n\n${markdownTable([head, ...rows], 2)}\n`;
}

/** The same as JSON, as a page and as a table for README.md. Returns their paths. */
export async function writeReport(report: Report, folder: string): Promise<string[]> {
  const files = {
    "targets.json": `${JSON.stringify(report, null, 2)}\n`,
    "targets.html": pageOf(report),
    "targets.md": markdownOf(report),
  };
  return await writeFiles(folder, files);
}

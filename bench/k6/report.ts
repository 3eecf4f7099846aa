import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { circumstancesOf } from "../machine.ts";
import { pageOf } from "./page.ts";
import { type Result, sumText } from "./verdict.ts";

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
    place: string;
    k6: string;
  },
): Report {
  const { place, k6, ...rest } = run;
  return {
    ...rest,
    circumstances: circumstancesOf(`Bun ${Bun.version}, ${k6}`, place),
    sum: sumText(run.results),
  };
}

/** The same as JSON and as a page. Returns their paths. */
export async function writeReport(report: Report, folder: string): Promise<string[]> {
  mkdirSync(folder, { recursive: true });
  const [json, page] = ["targets.json", "targets.html"].map((name) => join(folder, name));
  await Bun.write(json!, `${JSON.stringify(report, null, 2)}\n`);
  await Bun.write(page!, pageOf(report));
  return [json!, page!];
}

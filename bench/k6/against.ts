import type { Report } from "./report.ts";
import { columns } from "./table.ts";
import type { Result } from "./verdict.ts";

/** So many times what it took before a question may take at most, where nobody says otherwise: two runs of the same differ by less. */
export const usualMargin = 1.5;

/** Of these the ratios are shown; p99 is not judged: of some hundred answers it is two or three. */
const shown = ["med", "p(95)", "p(99)"] as const;
const judged = ["med", "p(95)"] as const;

export interface Comparison {
  readonly text: string;
  readonly isWithin: boolean;
}

/** A report that `npm run bench` wrote. Throws where the file is none. */
export async function readReport(path: string): Promise<Report> {
  const file = Bun.file(path);
  if (!(await file.exists())) throw new Error(`There is no ${path} to compare with.`);
  const read: unknown = await file.json().catch(() => undefined);
  if (!isReport(read)) {
    throw new Error(
      `${path} is no result of this bench, or one of an older version: give the targets.json that \`npm run bench\` has written.`,
    );
  }
  return read;
}

function isReport(read: unknown): read is Report {
  const { shape, results } = (read ?? {}) as Partial<Report>;
  const isShaped = shape === "full" || shape === "quick";
  return isShaped && Array.isArray(results) && results.every(({ target }) => target?.name);
}

/** Throws where the two did not ask the same: their times say nothing of each other. */
export function checkSame({ shape, command }: Report, now: Report["shape"]): void {
  if (shape === now) return;
  const how = shape === "quick" ? "with --quick" : "without --quick";
  throw new Error(
    `The result to compare with is of \`${command}\`: ask ${how}, or compare with another.`,
  );
}

/** How many times as long as before every question took. */
export function compare(
  before: Report,
  results: readonly Result[],
  margin: number = usualMargin,
): Comparison {
  // Of a run that FAILED no time means anything.
  const known = new Map(
    before.results.flatMap((result) =>
      result.verdict === "FAILED" ? [] : [[sizeOf(result, before.shape), result]],
    ),
  );
  const rows = results.map((result) => {
    const { name } = result.target;
    const ratios = ratiosOf(known.get(sizeOf(result, before.shape)), result);
    const word = wordOf(result, ratios, margin);
    return { word, cells: [name, ...shown.map((each) => timesText(ratios[each])), word] };
  });
  const past = rows.filter(({ word }) => word === "FAILED" || word === "slower").length;
  const compared = rows.filter(({ word }) => word !== "new").length;
  const head = ["question", "p50", "p95", "p99", `beside ${before.startedAt.slice(0, 10)}`];
  return {
    text: [
      ...columns([head, ...rows.map(({ cells }) => cells)], [1, 2, 3]),
      "",
      `Then: ${before.circumstances.join(" · ")}`,
      `${compared - past} of ${compared} within ${margin} times what they took`,
    ].join("\n"),
    isWithin: past === 0 && compared > 0,
  };
}

/** What was asked, and how much of it: only what has the same is compared. */
function sizeOf({ target }: Result, shape: Report["shape"]): string {
  return JSON.stringify([
    target.name,
    Object.entries(target[shape]).toSorted(([one], [other]) => one.localeCompare(other)),
  ]);
}

type Ratios = Readonly<Record<(typeof shown)[number], number | undefined>>;

function ratiosOf(before: Result | undefined, { quantiles }: Result): Ratios {
  const ratio = (name: string): number | undefined => {
    const [then, now] = [before?.quantiles[name], quantiles[name]];
    return then === undefined || now === undefined ? undefined : now / then;
  };
  return { med: ratio("med"), "p(95)": ratio("p(95)"), "p(99)": ratio("p(99)") };
}

function wordOf({ verdict }: Result, ratios: Ratios, margin: number): string {
  if (verdict === "FAILED") return verdict;
  const times = judged.map((name) => ratios[name]);
  if (times.some((each) => each === undefined)) return "new";
  if (times.some((each) => each! > margin)) return "slower";
  return times.every((each) => each! * margin < 1) ? "quicker" : "alike";
}

const timesText = (ratio: number | undefined): string =>
  ratio === undefined ? "–" : `× ${ratio.toFixed(2)}`;

import { aligned, rounded } from "../load/report.ts";
import { markdownTable } from "../markdown.ts";
import type { Question } from "./question.ts";
import { compare, type Rounds, type Spread } from "./rounds.ts";

/** What became of one question. */
export interface Answer {
  readonly question: Pick<Question, "name" | "asks" | "figures">;
  readonly rounds: Rounds;
}

export function isRight({ rounds }: Answer): boolean {
  return faultsOf(rounds).length === 0;
}

/** The question, a table for each figure, and a sentence for whatever was wrong. */
export function answerText({ question, rounds }: Answer, reference: string): string {
  const tables = question.figures.flatMap((figure) => {
    const rows = compare(rounds, reference, figure).map(({ title, value, ratio }) => [
      `  ${title}`,
      ...spreadText(value),
      ...(ratio ? spreadText(ratio, " ×") : [title === reference ? "1 ×" : "–", ""]),
    ]);
    return rows.length === 0 ? [] : ["", ...aligned([[figure, "", "", "to Parley", ""], ...rows])];
  });
  return [`${question.name}: ${question.asks}`, ...tables, "", ...verdict(rounds)].join("\n");
}

/** One table for README.md: who, and each figure with its ratio to the reference's. */
export function answerMarkdown({ question, rounds }: Answer, reference: string): string {
  const figures = question.figures.map((figure) => compare(rounds, reference, figure));
  const rows = [...rounds.keys()].map((title) => [
    title,
    ...figures.map((compared) => {
      const found = compared.find((one) => one.title === title);
      if (!found) return "–";
      const value = rounded(found.value.median);
      return found.ratio ? `${value} (${rounded(found.ratio.median)} ×)` : value;
    }),
  ]);
  const head = [question.name, ...question.figures];
  return `${question.asks}\n\n${markdownTable([head, ...rows], 1)}\n`;
}

function verdict(rounds: Rounds): string[] {
  const faults = faultsOf(rounds);
  if (faults.length > 0) return faults.map((fault) => `FAILED: ${fault}`);
  return ["Everything was heard by everybody who was to hear it, once."];
}

function faultsOf(rounds: Rounds): string[] {
  const faults = [...rounds].flatMap(([title, runs]) =>
    runs.flatMap((run) => run.faults.map((fault) => `${title}: ${fault}`)),
  );
  return rounds.size === 0 ? ["nobody was asked"] : faults;
}

function spreadText({ median, least, most }: Spread, unit = ""): [string, string] {
  const spread = least === most ? "" : `[${rounded(least)} – ${rounded(most)}]`;
  return [`${rounded(median)}${unit}`, spread];
}

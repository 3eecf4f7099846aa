/** Examines an installation, running or not, and says what is wrong and what to do: `npm run doctor [-- --json]`. */
import { ConfigMistakes, readConfig } from "../../server/config.ts";
import { examinations } from "./examinations.ts";
import type { Finding } from "./finding.ts";
import { findOwnServer } from "../own-server.ts";

interface Diagnosis extends Finding {
  readonly part: string;
}

const marks = { good: "✓", advice: "!", bad: "✗" } as const;
/** ANSI: green, yellow, red. */
const colours = { good: 32, advice: 33, bad: 31 } as const;
const partColumns = Math.max(...examinations.map(({ part }) => part.length)) + 2;

async function diagnose(): Promise<Diagnosis[]> {
  const settings = { part: "Settings" };
  try {
    const config = readConfig(process.env);
    const it = { config, server: findOwnServer(config), now: Date.now };
    const found = await Promise.all(
      examinations.map(async ({ part, look }) =>
        (await look(it)).map((finding) => ({ part, ...finding })),
      ),
    );
    return [{ ...settings, state: "good", says: "All of them can be read." }, ...found.flat()];
  } catch (error) {
    if (!(error instanceof ConfigMistakes)) throw error;
    return error.mistakes.map((says) => ({
      ...settings,
      state: "bad",
      says,
      todo: "Correct it, then ask again: the rest depends on it.",
    }));
  }
}

/** The lines of a terminal: each part once, each finding on a line, and beneath it what to do. */
export function linesOf(diagnoses: readonly Diagnosis[], isColoured: boolean): string[] {
  const lines = diagnoses.flatMap(({ part, state, says, todo }, at) => {
    const mark = isColoured ? `\u001b[${colours[state]}m${marks[state]}\u001b[0m` : marks[state];
    const head = diagnoses[at - 1]?.part === part ? "" : part;
    return [
      `${head.padEnd(partColumns)}${mark} ${says}`,
      ...(todo === undefined ? [] : [`${" ".repeat(partColumns + 2)}${todo}`]),
    ];
  });
  const count = (state: Finding["state"]): number =>
    diagnoses.filter((each) => each.state === state).length;
  return [...lines, "", summaryOf(count("bad"), count("advice"))];
}

function summaryOf(bad: number, advice: number): string {
  const hints = advice === 0 ? "" : ` ${advice} to think about.`;
  if (bad === 0) return `Nothing is wrong.${hints}`;
  return `${bad} ${bad === 1 ? "thing is" : "things are"} wrong.${hints}`;
}

if (import.meta.main) {
  const diagnoses = await diagnose();
  const isColoured = process.stdout.isTTY === true && !process.env["NO_COLOR"];
  const text = process.argv.includes("--json")
    ? JSON.stringify(diagnoses, undefined, 2)
    : linesOf(diagnoses, isColoured).join("\n");
  process.stdout.write(`${text}\n`);
  process.exitCode = diagnoses.some(({ state }) => state === "bad") ? 1 : 0;
}

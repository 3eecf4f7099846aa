import { within } from "#lib/wait.ts";
import type { Run } from "../load/measure.ts";
import type { Contestant } from "./contestant.ts";
import type { Asked, Question } from "./question.ts";
import type { Answer } from "./report.ts";
import { brokenBy, inTurns, type Turn } from "./rounds.ts";

const endMsMax = 5_000;

/** Asks everybody the same, in turn; whoever could not even begin is among the answers with what was wrong. */
export async function ask(
  question: Question,
  contestants: readonly Contestant[],
  rounds: number,
): Promise<Answer> {
  const turns: Turn[] = [];
  const asked: Asked[] = [];
  const broken = new Map<string, readonly Run[]>();
  for (const contestant of contestants) {
    const { title } = contestant;
    try {
      const one = await question.ask(contestant);
      asked.push(one);
      turns.push({ title, run: () => one.run() });
    } catch (error) {
      broken.set(title, [brokenBy(error)]);
    }
  }
  const found = await inTurns(turns, { rounds, warmsUp: !question.isCold });
  // Whoever does not answer any more is not waited for: its server ends next.
  for (const one of asked) await within(endMsMax, one.end());
  return { question, rounds: new Map([...found, ...broken]) };
}

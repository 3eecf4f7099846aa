import type { Contestant } from "./contestant.ts";
import type { Asked, Question } from "./question.ts";
import type { Answer } from "./report.ts";
import { brokenBy, inTurns, type Rounds, type Turn } from "./rounds.ts";

/** Asks everybody the same, in turn; whoever could not even begin is among the answers with what was wrong. */
export async function ask(
  question: Question,
  contestants: readonly Contestant[],
  rounds: number,
): Promise<Answer> {
  const turns: Turn[] = [];
  const asked: Asked[] = [];
  const broken: [string, Rounds extends ReadonlyMap<string, infer R> ? R : never][] = [];
  for (const contestant of contestants) {
    const { title } = contestant;
    try {
      const one = await question.ask(contestant);
      asked.push(one);
      turns.push({ title, run: () => one.run() });
    } catch (error) {
      broken.push([title, [brokenBy(error)]]);
    }
  }
  const found = await inTurns(turns, { rounds, warmsUp: !question.isCold });
  for (const one of asked) await one.end();
  return { question, rounds: new Map([...found, ...broken]) };
}

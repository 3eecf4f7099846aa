import { medianOf } from "../load/report.ts";
import type { Run } from "../load/measure.ts";

/** Whoever is asked in turn. */
export interface Turn {
  readonly title: string;
  run(): Promise<Run>;
}

/** The runs of each, round by round, by title. Of whoever was wrong the last one says in what. */
export type Rounds = ReadonlyMap<string, readonly Run[]>;

/**
 * Asks everybody once in each round, so that what else goes on on the machine goes on for all; another one begins each time. Whoever is wrong is
 * not asked again.
 */
export async function inTurns(
  turns: readonly Turn[],
  { rounds, warmsUp }: { readonly rounds: number; readonly warmsUp: boolean },
): Promise<Rounds> {
  const runs = new Map<string, Run[]>(turns.map(({ title }) => [title, []]));
  const wrong = new Set<string>();
  for (let round = warmsUp ? -1 : 0; round < rounds; round++) {
    const first = Math.max(0, round) % Math.max(1, turns.length);
    for (const turn of [...turns.slice(first), ...turns.slice(0, first)]) {
      const { title } = turn;
      if (wrong.has(title)) continue;
      const found = await turn.run().catch((error: unknown) => brokenBy(error));
      if (found.faults.length > 0) wrong.add(title);
      if (round >= 0 || found.faults.length > 0) runs.get(title)!.push(found);
    }
  }
  return runs;
}

/** The run of somebody who could not be asked. */
export function brokenBy(error: unknown): Run {
  return { figures: {}, faults: [error instanceof Error ? error.message : String(error)] };
}

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** One contestant's figure, and how much it is of the reference's in the same round. */
export interface Compared {
  readonly title: string;
  readonly value: Spread;
  readonly ratio: Spread | undefined;
}

/** Those who were right and have such a figure. */
export function compare(rounds: Rounds, reference: string, figure: string): Compared[] {
  const its = rounds.get(reference) ?? [];
  const isRight = its.every(({ faults }) => faults.length === 0);
  return [...rounds].flatMap(([title, runs]) => {
    const values = runs.map(({ figures }) => figures[figure] ?? Number.NaN);
    const value = spreadOf(values);
    if (value === undefined || runs.some(({ faults }) => faults.length > 0)) return [];
    const ratios = values.map((one, round) => one / (its[round]?.figures[figure] ?? Number.NaN));
    const ratio = title === reference || !isRight ? undefined : spreadOf(ratios);
    return [{ title, value, ratio }];
  });
}

function spreadOf(values: readonly number[]): Spread | undefined {
  const sorted = values.filter(Number.isFinite).toSorted((one, other) => one - other);
  if (sorted.length === 0) return undefined;
  return { median: medianOf(sorted), least: sorted[0]!, most: sorted.at(-1)! };
}

import type { Result } from "./verdict.ts";

/** Who took at most this part of its bound once can meet it. Nothing is clearly missed: what else a machine does makes a run slower by any factor, and none quicker. */
export const clearStrain = 0.5;

/** Where it is not clear, so many runs have to agree. */
export const agreeing = 3;

/**
 * Asks once where the answer is clear, else until three runs have the same verdict, which takes three to five. Returns the middle one, by how near to its bound it came: that has their verdict.
 * A run that FAILED is the answer, whichever it is: what was lost once is lost.
 */
export async function settle(ask: () => Promise<Result>): Promise<Result> {
  const results: Result[] = [];
  do {
    const result = await ask();
    if (result.verdict === "FAILED") return result;
    results.push(result);
  } while (!isSettled(results));
  const byStrain = results.toSorted((one, other) => strainOf(one) - strainOf(other));
  return {
    ...byStrain[Math.floor(byStrain.length / 2)]!,
    strains: results.map(strainOf),
  };
}

function isSettled(results: readonly Result[]): boolean {
  const [first] = results;
  if (results.length === 1 && strainOf(first!) <= clearStrain) return true;
  const met = results.filter(({ verdict }) => verdict === "met").length;
  return Math.max(met, results.length - met) >= agreeing;
}

const strainOf = ({ strains }: Result): number => strains[0]!;

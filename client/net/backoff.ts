/** Retries spread so that a whole office does not come back in one moment; measured, see DESIGN, "Numbers to reach". */
const backoffMs = { first: 200, base: 250, factor: 2, cap: 30_000 } as const;

/**
 * How long to wait before a retry: the first uniform between 0 and 200 ms, then full jitter up to 250 ms, doubling, at most 30 s.
 *
 * @param failures how many retries have failed so far
 * @param random uniform in [0, 1)
 */
export function retryDelayMs(failures: number, random: () => number): number {
  if (failures === 0) return random() * backoffMs.first;
  const ceiling = backoffMs.base * backoffMs.factor ** (failures - 1);
  return random() * Math.min(ceiling, backoffMs.cap);
}

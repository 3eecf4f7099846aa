/**
 * Retries spread so that a whole office does not come back in one moment. They stay short for about 3 s, the length of a restart and of most
 * breaks: who doubles from the beginning sleeps through its end (measured, see bench/README.md).
 */
const backoffMs = { first: 200, short: 300, factor: 2, cap: 30_000 } as const;

/** So many failures of the network alone before pauses grow. What a server answered, or did to a socket that it had welcomed, counts as all of them. */
export const shortRetries = 18;

/**
 * How long to wait before a retry: the first uniform between 0 and 200 ms, then full jitter up to 300 ms, and after 18 of these doubling, at most 30 s.
 *
 * @param failures how many retries have failed so far
 * @param random uniform in [0, 1)
 */
export function retryDelayMs(failures: number, random: () => number): number {
  if (failures === 0) return random() * backoffMs.first;
  const ceiling = backoffMs.short * backoffMs.factor ** Math.max(0, failures - shortRetries);
  return random() * Math.min(ceiling, backoffMs.cap);
}

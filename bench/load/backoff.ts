/** As PROTOCOL.md has it under "Coming back". */
const backoffMs = { first: 200, short: 300, shortRetries: 18, max: 30_000 } as const;

/** How long somebody waits before they try again, after so many failures in a row. */
export function retryDelayMs(failures: number): number {
  if (failures === 0) return Math.random() * backoffMs.first;
  const doublings = Math.max(0, failures - backoffMs.shortRetries);
  return Math.random() * Math.min(backoffMs.max, backoffMs.short * 2 ** doublings);
}

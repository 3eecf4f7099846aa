import { sayGoodbye } from "./goodbye.ts";
import type { Session } from "./session.ts";

export const balanceLimits = {
  everyMs: 10_000,
  /** The kernel spreads by chance: up to so much above the mean is no imbalance. */
  timesMeanMax: 1.5,
  /** Nor are so few sockets. */
  spareSockets: 50,
  /** Of its own a worker sends away at once: where all come back to it, something else is wrong. */
  shareMax: 0.1,
} as const;

/** How many sockets a worker should send away, beside others with so many: a share of what it has above the mean. */
export function excessOf(own: number, others: readonly number[]): number {
  if (others.length === 0) return 0;
  const mean = others.reduce((sum, count) => sum + count, own) / (others.length + 1);
  const { timesMeanMax, spareSockets, shareMax } = balanceLimits;
  if (own <= mean * timesMeanMax + spareSockets) return 0;
  return Math.ceil(Math.min(own - mean, own * shareMax));
}

/**
 * What a worker makes of it, look by look. What it knows of the others is a second old, so that while people pour in each may seem to have
 * too many: only what stands at two looks in a row is sent away.
 */
export class Balance {
  #wasAbove = false;

  /** How many to send away now. */
  look(own: number, others: readonly number[]): number {
    const excess = excessOf(own, others);
    const isAgain = this.#wasAbove && excess > 0;
    this.#wasAbove = excess > 0;
    return isAgain ? excess : 0;
  }
}

/** Asks so many sockets to come back, by another worker if chance will have it: those first that have nothing under way, and the oldest. */
export function sendAway(sessions: Iterable<Session>, count: number): void {
  const all = [...sessions].filter(({ identity, isListenerOnly }) => identity && !isListenerOnly);
  const quiet = all.filter(({ sending }) => sending.size === 0);
  const chosen = quiet.toSorted((one, other) => one.openedAtMs - other.openedAtMs).slice(0, count);
  sayGoodbye(chosen);
  for (const session of chosen) session.close("restart");
}

import type { Session } from "./session.ts";

export const goodbyeLimits = {
  /** So many come back in a second: a third of the hellos that one core has time for. */
  returnsPerSecond: 1_000,
  /** For few people as long as the usual first wait. */
  spreadMsMin: 200,
} as const;

/** Tells these sockets, which are closed in a moment, when to come back: spread over as long as the server needs to greet them all. */
export function sayGoodbye(sessions: readonly Session[]): void {
  const neededMs = (sessions.length / goodbyeLimits.returnsPerSecond) * 1_000;
  const spreadMs = Math.max(goodbyeLimits.spreadMsMin, neededMs);
  for (const session of sessions) {
    session.send({ op: "goodbye", returnAfterMs: Math.round(Math.random() * spreadMs) });
  }
}

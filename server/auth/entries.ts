import type { UserId } from "#wire/ids.ts";
import { count, countAlone, type MakeCounter } from "./counters.ts";

const minuteSeconds = 60;

export const entryLimits = {
  /** Hellos of a user in a minute that a worker takes without asking the others: nobody who is well has more. */
  hellosUnshared: 20,
  /** Of what a user may do for long, coming in may be a thirtieth. */
  hellosPerCommandRate: 2,
  ticketsBySession: { points: 60, duration: minuteSeconds },
} as const;

/** The ways in that somebody who is known can take too often. Both answer 0, or in how many ms another is welcome. */
export interface Entries {
  hello(user: UserId): Promise<number>;
  ticket(sessionId: string): Promise<number>;
}

/** Counts them; hellos of one user on a worker ask the others only when they are many. */
export function createEntries(
  { commandsPerSecond }: { readonly commandsPerSecond: number },
  make: MakeCounter = countAlone,
): Entries {
  const duration = minuteSeconds;
  const own = countAlone({ points: entryLimits.hellosUnshared, duration });
  const shared = make({
    keyPrefix: "hellosByUser",
    points: entryLimits.hellosPerCommandRate * commandsPerSecond,
    duration,
  });
  const tickets = make({ keyPrefix: "ticketsBySession", ...entryLimits.ticketsBySession });

  return {
    hello: async (user) => ((await count(own, `${user}`)) === 0 ? 0 : count(shared, `${user}`)),
    ticket: (sessionId) => count(tickets, sessionId),
  };
}

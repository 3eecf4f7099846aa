import type { RateLimiterAbstract } from "rate-limiter-flexible";
import { networkOf } from "./network.ts";
import { count, countAlone, type MakeCounter } from "./counters.ts";
import type { AuthRefusal } from "./refusal.ts";

/**
 * Failed attempts that are allowed within a time. One address alone can't use up an account's attempts (20 per 5 min are
 * 60 per 15 min), so a stranger at one address can't shut a person out.
 */
export const attemptLimits = {
  signInsByAddress: { points: 20, duration: 5 * 60 },
  signInsByAccount: { points: 100, duration: 15 * 60 },
  linksByAddress: { points: 60, duration: 5 * 60 },
} as const;

type Kind = keyof typeof attemptLimits;

export interface Attempts {
  /**
   * Runs an attempt to sign in and counts it if it fails; one that nobody could judge, since the server was busy or its
   * database away, has not. It is counted before it runs: of many at once no more than allowed are tried.
   */
  signIn<T extends object>(
    from: { address: string; email: string },
    attempt: () => Promise<T | AuthRefusal>,
  ): Promise<T | AuthRefusal>;
  /** The same for codes of links. */
  link<T extends object>(
    address: string,
    attempt: () => Promise<T | AuthRefusal>,
  ): Promise<T | AuthRefusal>;
}

/** Counts failed attempts by address and by account. */
export function createAttempts(make: MakeCounter = countAlone): Attempts {
  const counterOf = (kind: Kind) => make({ keyPrefix: kind, ...attemptLimits[kind] });
  const byAddress = counterOf("signInsByAddress");
  const byAccount = counterOf("signInsByAccount");
  const links = counterOf("linksByAddress");

  return {
    signIn: async ({ address, email }, attempt) => {
      const network = networkOf(address);
      return await limited(
        byAddress,
        network,
        async () => await limited(byAccount, email, attempt),
      );
    },
    link: async (address, attempt) => await limited(links, networkOf(address), attempt),
  };
}

async function limited<T extends object>(
  counter: RateLimiterAbstract,
  key: string,
  attempt: () => Promise<T | AuthRefusal>,
): Promise<T | AuthRefusal> {
  const waitMs = await count(counter, key);
  if (waitMs > 0) {
    return { refused: "too_many_attempts", retryAfterSeconds: Math.ceil(waitMs / 1_000) };
  }
  let failed = false;
  try {
    const outcome = await attempt();
    failed = "refused" in outcome && outcome.refused !== "busy";
    return outcome;
  } finally {
    if (!failed) await counter.reward(key);
  }
}

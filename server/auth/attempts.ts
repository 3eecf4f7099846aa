import { isIPv6 } from "node:net";
import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  type IRateLimiterOptions,
  type RateLimiterAbstract,
} from "rate-limiter-flexible";
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

/** What makes a counter. */
type MakeLimiter = (options: IRateLimiterOptions) => RateLimiterAbstract;

export interface Attempts {
  /**
   * Runs an attempt to sign in and counts it unless it succeeds. It is counted before it runs: of many at once no more
   * than allowed are tried.
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
export function createAttempts(
  make: MakeLimiter = (options) => new RateLimiterMemory(options),
): Attempts {
  const limiterOf = (kind: Kind) => make({ keyPrefix: kind, ...attemptLimits[kind] });
  const byAddress = limiterOf("signInsByAddress");
  const byAccount = limiterOf("signInsByAccount");
  const links = limiterOf("linksByAddress");

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

/** The same, counted by all workers together on a connection to their Redis; while that is away each counts what it sees itself. */
export function createSharedAttempts(redis: object): Attempts {
  return createAttempts(
    ({ keyPrefix = "", ...options }) =>
      new RateLimiterRedis({
        ...options,
        keyPrefix: `attempts:${keyPrefix}`,
        storeClient: redis,
        insuranceLimiter: new RateLimiterMemory(options),
      }),
  );
}

async function limited<T extends object>(
  limiter: RateLimiterAbstract,
  key: string,
  attempt: () => Promise<T | AuthRefusal>,
): Promise<T | AuthRefusal> {
  try {
    await limiter.consume(key);
  } catch (spent) {
    if (!(spent instanceof RateLimiterRes)) throw spent;
    return {
      refused: "too_many_attempts",
      retryAfterSeconds: Math.max(1, Math.ceil(spent.msBeforeNext / 1000)),
    };
  }
  const outcome = await attempt();
  if (!("refused" in outcome)) await limiter.reward(key);
  return outcome;
}

/** Whoever has one IPv6 address has 2^64 of them: they count as one. */
function networkOf(address: string): string {
  if (!isIPv6(address)) return address;

  const [head = "", tail = ""] = new URL(`http://[${address.replace(/%.*$/, "")}]`).hostname
    .slice(1, -1)
    .split("::");
  const groups = head === "" ? [] : head.split(":");
  const after = tail === "" ? [] : tail.split(":");
  const zeros = Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => "0");
  return [...groups, ...zeros, ...after].slice(0, 4).join(":");
}

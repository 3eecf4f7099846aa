import {
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
  type IRateLimiterOptions,
  type RateLimiterAbstract,
} from "rate-limiter-flexible";

/** What makes a counter of points within a time. */
export type MakeCounter = (options: IRateLimiterOptions) => RateLimiterAbstract;

/** Counted by this worker alone. */
export const countAlone: MakeCounter = (options) => new RateLimiterMemory(options);

/** Counted by all workers together on a connection to their Redis; while that is away each counts what it sees itself. */
export function countTogether(redis: object): MakeCounter {
  return ({ keyPrefix = "", ...options }) =>
    new RateLimiterRedis({
      ...options,
      keyPrefix: `attempts:${keyPrefix}`,
      storeClient: redis,
      insuranceLimiter: new RateLimiterMemory(options),
    });
}

/** Counts one more: 0, or in how many ms another may come. */
export async function count(counter: RateLimiterAbstract, key: string): Promise<number> {
  try {
    await counter.consume(key);
    return 0;
  } catch (spent) {
    if (spent instanceof RateLimiterRes) return Math.max(1, spent.msBeforeNext);
    throw spent;
  }
}

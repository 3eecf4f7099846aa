import type { RedisProgram } from "./redis.ts";
import { StartRefused } from "./refused.ts";

/** How many workers there will be, and what carries their news to each other. */
export interface Plan {
  readonly workers: number;
  /** To be started; undefined where REDIS_URL names one, or none is needed. */
  readonly redis: RedisProgram | undefined;
  /** What is missing for more, in a sentence. */
  readonly missing: string | undefined;
}

const remedy = "install redis-server or valkey-server, or set REDIS_URL";

/** One worker per core where a Redis is there or can be started, else one; WORKERS decides otherwise. */
export function planWorkers({
  wanted,
  redisUrl,
  cores,
  find,
}: {
  readonly wanted: number | undefined;
  readonly redisUrl: string | undefined;
  readonly cores: number;
  readonly find: () => RedisProgram | undefined;
}): Plan {
  const workers = wanted ?? cores;
  if (redisUrl !== undefined || workers === 1) {
    return { workers, redis: undefined, missing: undefined };
  }
  const redis = find();
  if (redis) return { workers, redis, missing: undefined };
  if (wanted !== undefined) {
    throw new StartRefused(`WORKERS=${wanted} needs a Redis between them: ${remedy}.`);
  }
  return {
    workers: 1,
    redis: undefined,
    missing: `One of ${cores} cores is used: for all of them ${remedy}.`,
  };
}

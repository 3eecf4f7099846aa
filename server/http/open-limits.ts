import { type Attempts, createAttempts } from "../auth/attempts.ts";
import { countAlone, countTogether } from "../auth/counters.ts";
import { createEntries, type Entries } from "../auth/entries.ts";
import type { Config } from "../config.ts";
import { openFilesMax, socketsMaxOf } from "../engine/descriptors.ts";
import { connectRedis } from "../fanout/redis.ts";
import { Pace } from "../session/pace.ts";
import { Admission } from "./admission.ts";

/** Everything that says how much is too much. */
export interface Limits {
  /** By address, on this worker. */
  readonly admission: Admission;
  /** By user, on this worker. */
  readonly pace: Pace;
  /** Failed sign-ins, on all workers. */
  readonly attempts: Attempts;
  /** Hellos and tickets, on all workers. */
  readonly entries: Entries;
  close(): void;
}

type Settings = Pick<
  Config,
  "redisUrl" | "messagesPerSecond" | "commandsPerSecond" | "socketsPerAddress"
>;

/** A question that Redis leaves without an answer for so long is answered by what this worker has seen. */
const answerMsMax = 500;

export function openLimits(config: Settings, now: () => number): Limits {
  const redis =
    config.redisUrl === undefined ? undefined : connectRedis(config.redisUrl, { answerMsMax });
  const make = redis === undefined ? countAlone : countTogether(redis);
  const { socketsPerAddress } = config;
  return {
    admission: new Admission({ socketsPerAddress, socketsMax: socketsMaxOf(openFilesMax()) }, now),
    pace: new Pace(config, now),
    attempts: createAttempts(make),
    entries: createEntries(config, make),
    close: () => redis?.disconnect(),
  };
}

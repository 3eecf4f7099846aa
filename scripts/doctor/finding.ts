import type { Config } from "../../server/config.ts";
import type { OwnServer } from "../own-server.ts";

/** `bad` is what loses messages, lets somebody in or keeps it from running; `advice` what will hurt one day. */
export interface Finding {
  readonly state: "good" | "advice" | "bad";
  readonly says: string;
  readonly todo?: string;
}

/** What is examined. */
export interface Installation {
  readonly config: Config;
  readonly server: OwnServer;
  readonly now: () => number;
}

export interface Examination {
  readonly part: string;
  readonly look: (it: Installation) => Promise<readonly Finding[]>;
}

export const thresholds = {
  diskBytes: { bad: 512 * 1024 ** 2, advice: 5 * 1024 ** 3 },
  /** Every person's socket takes one, and so does every connection to the database. */
  openFiles: { bad: 1_024, advice: 16_384 },
  clockMs: { bad: 60_000, advice: 1_000 },
  /** What one worker opens at most, migrations and scripts included. */
  connections: 40,
  postgresMajorMin: 15,
  redisMin: "6.2",
  /** Sharded publish and subscribe came with it. */
  redisClusterMin: "7.0",
  /** A burst of the largest frames to one worker. */
  listenerBytes: 1024 ** 2,
  secretCharsMin: 32,
  answerMs: { max: 5_000 },
} as const;

export const good = (says: string): Finding => ({ state: "good", says });
export const advice = (says: string, todo: string): Finding => ({ state: "advice", says, todo });
export const bad = (says: string, todo: string): Finding => ({ state: "bad", says, todo });

import { AnsweringPool } from "./answering-pool.ts";
import { batchLimits } from "./batch.ts";
import { type Database, openDatabase } from "./database.ts";

const connections = {
  reading: 8,
  /** Pointers, groups and direct channels, last seen. */
  writing: 3,
} as const;

/**
 * Statements are planned once, often while tables are empty, where reading all of a table looks cheapest; that plan would stay until the next
 * autoanalyze, after a minute in which thousands came. Everything that a worker asks has its index.
 */
export const lookUps = { enable_seqscan: "off" } as const;

/** A worker's connections to PostgreSQL. */
export interface Pools {
  readonly reading: Database;
  readonly writing: Database;
  readonly batching: AnsweringPool;
  end(): Promise<void>;
}

/** Separate pools: a slow reader must not stand in the way of a commit. `closed` is called whenever a connection for reading was lost. */
export function openPools(url: string, closed: () => void): Pools {
  const parameters = lookUps;
  const reading = openDatabase({
    url,
    max: connections.reading,
    name: "parley reading",
    parameters,
    closed,
  });
  const writing = openDatabase({
    url,
    max: connections.writing,
    name: "parley writing",
    parameters,
  });
  const batching = new AnsweringPool(
    () =>
      openDatabase({
        url,
        max: batchLimits.lanes + batchLimits.lockedTries,
        name: "parley batch",
      }),
    // Half of what an unknown outcome is repeated for: a second try on new connections is in time.
    batchLimits.unknownMsMax / 2,
  );
  return {
    reading,
    writing,
    batching,
    end: async () => {
      await Promise.all([reading.end({ timeout: 1 }), writing.end({ timeout: 1 }), batching.end()]);
    },
  };
}

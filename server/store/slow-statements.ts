import type { Clock } from "#lib/clock.ts";
import { within } from "#lib/wait.ts";
import type { Database } from "./database.ts";

export const slowStatementLimits = {
  /** Whoever runs for longer raises an alarm. X15 */
  ms: 5_000,
  everyMs: 500,
  textMax: 300,
  /** Behind a question without an answer nothing waits for longer. */
  answerMsMax: 5_000,
} as const;

/** A statement that is under way. */
export interface SlowStatement {
  /** Of PostgreSQL's process: `select pg_cancel_backend(pid)` ends it. */
  readonly pid: number;
  readonly ms: number;
  /** What the connection calls itself. */
  readonly asker: string;
  /** What it waits for, such as `Lock`; null where it works. */
  readonly waitsFor: string | null;
  /** The first part; only of what Parley asks, where values stand as `$1`. */
  readonly text: string | null;
}

interface Found extends SlowStatement {
  /** Of this statement and no other. */
  readonly began: string;
}

/** Statements on this database that have run for longer than `slowMs`, the longest first: ours, and those that our role may see. */
async function readSlowStatements(sql: Database, slowMs: number): Promise<readonly Found[]> {
  return await sql<Found[]>`
    select pid, round(extract(epoch from clock_timestamp() - query_start) * 1000)::int8 as ms, application_name as asker,
           wait_event_type as "waitsFor", case when application_name like 'parley%' then left(query, ${slowStatementLimits.textMax}) end as text, query_start::text as began
      from pg_stat_activity
     where datname = current_database() and backend_type = 'client backend' and state = 'active' and pid <> pg_backend_pid()
       and clock_timestamp() - query_start > ${slowMs} * interval '1 millisecond'
     order by query_start`;
}

/** Looks again and again, and raises an alarm once for each statement that takes too long; returns what ends it. */
export function watchSlowStatements(parts: {
  readonly sql: Database;
  readonly clock: Clock;
  readonly alarm: (slow: SlowStatement) => void;
  /** PostgreSQL did not say: it is away, which others notice. */
  readonly unknown: (error: unknown) => void;
  readonly slowMs?: number;
}): () => void {
  const { sql, clock, alarm, unknown, slowMs = slowStatementLimits.ms } = parts;
  let alarmed = new Set<string>();
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    try {
      const found = await within(slowStatementLimits.answerMsMax, readSlowStatements(sql, slowMs));
      if (!found) throw new Error("PostgreSQL does not answer");
      for (const { began, ...slow } of found) {
        if (!alarmed.has(`${slow.pid} ${began}`)) alarm(slow);
      }
      alarmed = new Set(found.map(({ pid, began }) => `${pid} ${began}`));
    } catch (error) {
      unknown(error);
    } finally {
      isLooking = false;
    }
  };
  return clock.every(slowStatementLimits.everyMs, () => void look());
}

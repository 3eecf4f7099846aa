import { systemClock } from "#lib/clock.ts";
import type { Database } from "../store/database.ts";
import { type AccountReads, createReads, type Reads } from "../store/reads.ts";

/** The reads of everybody who comes in, over a database. */
export const readsOf = (sql: Database): Reads & AccountReads =>
  createReads(sql, (ms, call) => systemClock.after(ms, call));

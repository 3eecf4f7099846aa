import { expect, test } from "bun:test";
import { findWithin } from "#lib/wait.ts";
import { testDatabase } from "../test/database.ts";
import { HandClock } from "../test/hand-clock.ts";
import { openDatabase } from "./database.ts";
import { type SlowStatement, slowStatementLimits, watchSlowStatements } from "./slow-statements.ts";

const waitMsMax = 10_000;

/** Watches a database in which somebody asks something that takes a minute, or until it is cancelled. */
async function start(slowMs: number) {
  const database = await testDatabase();
  const other = openDatabase({ url: database.url, max: 1, name: "parley worker" });
  const clock = new HandClock();
  const alarms: SlowStatement[] = [];
  const unknown: unknown[] = [];
  const stop = watchSlowStatements({
    sql: database.sql,
    clock,
    alarm: (slow) => void alarms.push(slow),
    unknown: (error) => void unknown.push(error),
    slowMs,
  });
  const secret = "hunter2";
  const asking = other`select pg_sleep(60), ${secret}::text`.catch((error: unknown) => error);
  /** How many statements PostgreSQL says are under way here, without this one. */
  const underWay = async () => {
    const [row] = await database.sql<{ count: number }[]>`
      select count(*) from pg_stat_activity
       where datname = current_database() and state = 'active' and query like '%pg_sleep(60)%' and pid <> pg_backend_pid()`;
    return row!.count;
  };
  await findWithin(waitMsMax, async () => ((await underWay()) > 0 ? true : undefined));
  /** The watch looks, and has looked. */
  const look = async () => {
    clock.pass(slowStatementLimits.everyMs);
    await database.sql`select 1`;
    await underWay();
  };
  return {
    database,
    clock,
    alarms,
    unknown,
    asking,
    look,
    [Symbol.asyncDispose]: async () => {
      stop();
      await other.end({ timeout: 0 });
      await database[Symbol.asyncDispose]();
    },
  };
}

test("X15: a statement that takes too long raises one alarm, with what it waits for and without a value in it", async () => {
  await using slow = await start(1_000);
  await findWithin(waitMsMax, async () => {
    await slow.look();
    return slow.alarms[0];
  });
  await slow.look();
  await slow.look();
  expect(slow.alarms).toHaveLength(1);
  const [{ pid, ms, asker, waitsFor, text }] = slow.alarms as [SlowStatement];
  expect({ asker, waitsFor, text }).toEqual({
    asker: "parley worker",
    waitsFor: "Timeout",
    text: "select pg_sleep(60), $1::text",
  });
  expect(ms).toBeGreaterThan(1_000);
  await slow.database.sql`select pg_cancel_backend(${pid}::int)`;
  expect(String(await slow.asking)).toContain("canceling statement");
});

test("X15: what takes less than five seconds raises none", async () => {
  await using slow = await start(slowStatementLimits.ms);
  await slow.look();
  await slow.look();
  expect(slow.alarms).toEqual([]);
  expect(slow.unknown).toEqual([]);
});

test("X15: where PostgreSQL does not say, the watch says so and goes on", async () => {
  await using slow = await start(20);
  await slow.database.sql.end({ timeout: 0 });
  for (let times = 1; times <= 2; times++) {
    slow.clock.pass(slowStatementLimits.everyMs);
    await findWithin(waitMsMax, () => (slow.unknown.length === times ? true : undefined));
    expect(slow.unknown).toHaveLength(times);
  }
});

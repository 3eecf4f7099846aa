import { expect, test } from "bun:test";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { draftOf } from "../test/channels.ts";
import { testDatabase } from "../test/database.ts";
import { expectLookUps, fillDatabase } from "../test/plan-claims.ts";
import { readPlans } from "../test/plans.ts";
import type { Database } from "./database.ts";
import { insertMessages } from "./insert-messages.ts";
import { lookUps } from "./pools.ts";
import { readMemberships, readSummaries } from "./summary.ts";

test("X14: no statement of the hot paths reads a whole table or leaves a join to the planner", async () => {
  await using database = await testDatabase();
  const filled = await fillDatabase(database, { channels: 30, messagesEach: 1_000 });
  await expectLookUps(database, filled);
}, 20_000);

test("X14: what was planned when the tables were empty still looks up when they are full", async () => {
  await using database = await testDatabase();
  await using reader = await readPlans(database.url);
  // Plans of functions stay with the connection.
  await insertMessages(reader.sql, [], []);
  const { channels, users } = await fillDatabase(database, { channels: 10, messagesEach: 100 });
  const drafts = users.slice(0, 50).map((user, at) => draftOf(channels[at % 10]!, user));
  const plans = await reader.plansOf((sql) =>
    insertMessages(
      sql,
      drafts,
      drafts.map((_, at) => at),
    ),
  );
  const insert = plans.find((plan) => plan.includes("Insert on messages"));
  expect(insert).not.toMatch(/Seq Scan|Hash|Merge/);
  // One row set: each table is looked up once per draft, never joined to the drafts.
  expect(insert?.match(/Index Scan using messages_client_id/g)).toHaveLength(1);
}, 20_000);

test("X14: what a worker's connection has read while the tables were empty still looks up when they are full", async () => {
  await using database = await testDatabase();
  // Seen to be empty, they are cheapest read whole.
  await database.sql`analyze`;
  await using reader = await readPlans(database.url, lookUps);
  const [nobody, nowhere] = [[1] as UserId[], [1] as ChannelId[]];
  const reads = [
    (sql: Database, users: readonly UserId[], channels: readonly ChannelId[]) =>
      readSummaries(
        sql,
        channels.map((channelId) => ({ userId: users[0]!, channelId })),
      ),
    (sql: Database, users: readonly UserId[]) => readMemberships(sql, users),
  ];
  // Often enough for one plan that is kept.
  for (const read of reads) {
    for (let times = 0; times < 8; times++) await read(reader.sql, nobody, nowhere);
  }
  const { channels, users } = await fillDatabase(
    database,
    { channels: 10, messagesEach: 100 },
    { analyzes: false },
  );
  for (const read of reads) {
    const plans = await reader.plansOf((sql) => read(sql, users.slice(0, 5), channels));
    expect(plans.join("\n")).not.toContain("Seq Scan");
    // Each by its key: an index that is read from end to end has no condition.
    const scans = plans.join("\n").match(/Index (Only )?Scan (using|on)/g)!.length;
    expect(plans.join("\n").match(/Index Cond:/g)).toHaveLength(scans);
  }
}, 20_000);

import { expect, test } from "bun:test";
import type { UserId } from "#wire/ids.ts";
import { addChannel, addUsers, draftOf, storedIn, streamsWithHoles } from "../test/channels.ts";
import { testDatabase } from "../test/database.ts";
import { say } from "../test/history.ts";
import { insertMessages } from "./insert-messages.ts";
import { migrate } from "./migrate.ts";
import { movePointers } from "./pointer.ts";

test("M2: the functions that write go back and forward, and what was said stays and goes on", async () => {
  await using database = await testDatabase();
  const { sql } = database;
  const [ada] = (await addUsers(sql, "Ada")) as [UserId];
  const lobby = await addChannel(sql, [ada]);
  const draft = draftOf(lobby, ada, { body: "before" });
  await insertMessages(sql, [draft], [0]);

  expect((await migrate(database.url, { to: "002" })).ran.at(-1)).toBe("003_writing.sql");
  const gone = await insertMessages(sql, [draft], [0]).catch(({ code }) => code);
  expect(gone).toBe("42883"); // undefined_function
  expect((await storedIn(sql, lobby)).map(({ body }) => body)).toEqual(["before"]);

  await migrate(database.url);
  const { fates } = await insertMessages(sql, [draft], [0]);
  expect(fates).toMatchObject([{ seq: 1, born: false }]);
  expect(await say(sql, lobby, ada, { body: "after" })).toBe(2);
  expect(await streamsWithHoles(sql)).toEqual([]);
});

test("all the way back nothing is left of what was said, and forward it begins anew", async () => {
  await using database = await testDatabase();
  const { sql } = database;
  const populate = async () => {
    const [ada] = (await addUsers(sql, "Ada")) as [UserId];
    const lobby = await addChannel(sql, [ada]);
    await say(sql, lobby, ada);
    await movePointers(sql, [
      { channelId: lobby, userId: ada, readSeq: 1, deliveredSeq: 1, readFrom: null },
    ]);
    return [ada, lobby];
  };
  const first = await populate();
  await migrate(database.url, { to: "000" });
  const left = await sql`
    select 1 from pg_class where relnamespace = 'public'::regnamespace and relname not like 'schema_migrations%'
    union all select 1 from pg_proc where pronamespace = 'public'::regnamespace
    union all select 1 from pg_type where typnamespace = 'public'::regnamespace and typname not like '%schema_migrations'`;
  expect(left).toHaveLength(0);
  await migrate(database.url);
  expect((await populate()) as number[]).toEqual(first as number[]);
});

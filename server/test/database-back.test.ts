import { expect, test } from "bun:test";
import { joinGroup } from "./group.ts";
import { people } from "./people.ts";
import { startServer } from "./start-server.ts";
import { talk } from "./talk.ts";

test("W2: what was committed without being announced arrives when the database is back after a break", async () => {
  await using server = await startServer();
  const ada = await server.signIn(people.ada);
  const grace = await server.signIn(people.grace);
  const lobby = await joinGroup(server.sql, "lobby", ada.id);
  await joinGroup(server.sql, "lobby", grace.id);
  await using reader = await talk(server, grace, "lobby");
  // As a worker that dies between its commit and its announcement.
  await server.sql`
    select from insert_messages(
      array[${lobby}]::bigint[], array[${ada.id}]::bigint[], array[${crypto.randomUUID()}]::uuid[],
      array['never announced'], array[null]::bigint[], array[0], array[null]::uuid[])`;
  await server.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
     where application_name = 'parley reading' and datname = current_database()`;
  expect(await reader.hears(1)).toEqual(["never announced"]);
});

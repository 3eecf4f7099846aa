import { expect, test } from "bun:test";
import { testDatabase } from "./database.ts";
import { people } from "./people.ts";
import { RestClient } from "./rest-client.ts";
import { startServer } from "./start-server.ts";
import { talk } from "./talk.ts";

test("M25: every time is stored with its zone and sent as UTC, whatever zone the database or its reader is in", async () => {
  await using database = await testDatabase();
  const columns = await database.sql<{ name: string; type: string }[]>`
    select table_name || '.' || column_name as name, data_type as type
      from information_schema.columns
     where table_schema = 'public' and data_type like '%time%'`;
  expect(columns.length).toBeGreaterThan(10);
  expect(columns.filter(({ type }) => type !== "timestamp with time zone")).toEqual([]);

  await database.sql.unsafe(
    `alter database ${new URL(database.url).pathname.slice(1)} set timezone = 'Asia/Kolkata'`,
  );
  await using abroad = await startServer({ database });
  const there = await abroad.signIn(people.ada);
  await using socket = await talk(abroad, there, people.grace);
  const before = Date.now();
  const { json } = await new RestClient(abroad, there).post(
    `/channels/${socket.channel}/messages`,
    { clientMessageId: Bun.randomUUIDv7(), body: "what time is it?" },
  );
  const after = Date.now();
  expect(json.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  expect(Date.parse(json.createdAt)).toBeWithin(before - 1_000, after + 1_000);
  const { rows } = await socket.next("interval", ({ through }) => through === json.seq);
  expect(rows).toMatchObject([{ body: { createdAt: Date.parse(json.createdAt) } }]);
});

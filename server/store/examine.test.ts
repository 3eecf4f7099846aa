import { expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import { testDatabase } from "../test/database.ts";
import { openDatabase } from "./database.ts";
import { examine } from "./examine.ts";
import { migrationsDir } from "./migrate.ts";

test("D21: a database tells its version, its limits, its migrations and about how much it holds", async () => {
  await using database = await testDatabase();
  const found = await examine(database.sql, Date.now);
  expect(found).toMatchObject({
    missing: [],
    unknown: [],
    lostTables: [],
    synchronousCommit: "on",
  });
  expect(Number.parseInt(found.version, 10)).toBeGreaterThan(14);
  expect(found.connectionsMax).toBeGreaterThan(10);
  expect(found.answerMs).toBeGreaterThan(0);
  expect(Object.keys(found.rows)).toEqual(["users", "channels", "members", "messages", "changes"]);
});

test("D21: what is missing of the schema, lost, or of a newer version is named, and nothing is changed", async () => {
  await using database = await testDatabase();
  const { sql } = database;
  await sql`delete from schema_migrations where version = '005'`;
  await sql`insert into schema_migrations (version) values ('999')`;
  await sql`drop table revocations cascade`;
  expect(await examine(sql, Date.now)).toMatchObject({
    missing: ["005_hosts.sql"],
    unknown: ["999"],
    lostTables: ["revocations"],
  });
  await sql`drop table schema_migrations`;
  const all = (await readdir(migrationsDir)).filter((name) => name.endsWith(".sql"));
  expect((await examine(sql, Date.now)).missing.toSorted()).toEqual(all.toSorted());
});

test("B36: a clock that differs shows, with its sign, and so does a synchronous_commit that is off", async () => {
  await using database = await testDatabase();
  const { clockAheadMs } = await examine(database.sql, () => Date.now() - 120_000);
  expect(clockAheadMs).toBeGreaterThan(119_000);
  expect(clockAheadMs).toBeLessThan(121_000);
  const lazy = openDatabase({
    url: database.url,
    max: 1,
    name: "another program",
    parameters: { synchronous_commit: "off" },
  });
  try {
    const found = await examine(lazy, Date.now);
    expect(found.synchronousCommit).toBe("off");
    expect(found.connectionsOfOthers).toBeGreaterThan(0);
  } finally {
    await lazy.end();
  }
});

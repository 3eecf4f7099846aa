import { expect, test } from "bun:test";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { testDatabase, type TestDatabase } from "../test/database.ts";
import { temporaryDirectory } from "../test/directory.ts";
import { migrate, migrationsDir, parseMigration, SchemaRefused } from "./migrate.ts";

/** A directory of migrations: what each does forward and back. */
function migrations(files: Readonly<Record<string, readonly [up: string, down: string]>>) {
  const directory = temporaryDirectory();
  for (const [name, [up, down]] of Object.entries(files)) {
    writeFileSync(join(directory.path, name), `-- migrate:up\n${up}\n-- migrate:down\n${down}\n`);
  }
  return directory;
}

const two = {
  "001_first.sql": [
    "create table first (id int); create table more (id int);",
    "drop table first, more;",
  ],
  "002_second.sql": ["create table second (id int);", "drop table second;"],
} as const;

async function tablesOf({ sql }: TestDatabase): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select tablename as name from pg_tables where schemaname = 'public' order by 1`;
  return rows.map(({ name }) => name);
}

/** A test database as it comes from PostgreSQL: without our schema. */
async function emptyDatabase(): Promise<TestDatabase> {
  const database = await testDatabase();
  await database.sql`drop schema public cascade`;
  await database.sql`create schema public`;
  return database;
}

test("migrations run in order, once", async () => {
  await using database = await emptyDatabase();
  using directory = migrations(two);
  const first = await migrate(database.url, { directory: directory.path });
  const again = await migrate(database.url, { directory: directory.path });
  expect(first.ran).toEqual(["001_first.sql", "002_second.sql"]);
  expect(again.ran).toEqual([]);
  expect(await tablesOf(database)).toEqual(["first", "more", "schema_migrations", "second"]);
});

test("the schema goes back to a version, and forward again", async () => {
  await using database = await emptyDatabase();
  using directory = migrations(two);
  await migrate(database.url, { directory: directory.path });
  const back = await migrate(database.url, { directory: directory.path, to: "001" });
  expect(back.ran).toEqual(["002_second.sql"]);
  expect(await tablesOf(database)).toEqual(["first", "more", "schema_migrations"]);

  const forward = await migrate(database.url, { directory: directory.path });
  expect(forward.ran).toEqual(["002_second.sql"]);
});

test("our own migrations go all the way back and forward, and end in the same schema", async () => {
  await using database = await testDatabase();
  const columns = async () =>
    database.sql`
      select table_name, column_name, data_type, column_default from information_schema.columns
      where table_schema = 'public' order by 1, 2`.values();
  const before = await columns();
  await migrate(database.url, { to: "000" });
  expect(await tablesOf(database)).toEqual(["schema_migrations"]);

  await migrate(database.url);
  expect(await columns()).toEqual(before);
});

test("a newer schema is refused with one sentence, and nothing is touched", async () => {
  await using database = await emptyDatabase();
  using newer = migrations(two);
  using older = migrations({ "001_first.sql": two["001_first.sql"] });
  await migrate(database.url, { directory: newer.path });
  const before = await tablesOf(database);

  const refused = await migrate(database.url, { directory: older.path }).catch((error) => error);
  expect(refused).toBeInstanceOf(SchemaRefused);
  expect(refused.message).toContain("newer Parley (migration 002)");
  expect(await tablesOf(database)).toEqual(before);
});

test("when one migration fails, none has happened", async () => {
  await using database = await emptyDatabase();
  using directory = migrations({ ...two, "003_wrong.sql": ["create table first (id int);", ""] });
  const failed = await migrate(database.url, { directory: directory.path }).catch((error) => error);
  expect(failed.code).toBe("42P07"); // duplicate_table
  expect(await tablesOf(database)).toEqual([]);
});

test("of several machines that start together one migrates, and all go on", async () => {
  await using database = await emptyDatabase();
  using directory = migrations(two);
  const starts = Array.from({ length: 4 }, () =>
    migrate(database.url, { directory: directory.path }),
  );
  const ran = (await Promise.all(starts)).map((migrated) => migrated.ran.length);
  expect(ran.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 2]);
});

test("every file of ours can be read, and their numbers are dense", async () => {
  const names = (await Array.fromAsync(new Bun.Glob("*.sql").scan(migrationsDir))).sort();
  const parsed = await Promise.all(
    names.map(async (name) =>
      parseMigration(name, await Bun.file(join(migrationsDir, name)).text()),
    ),
  );
  expect(parsed.map(({ version }) => Number(version))).toEqual(names.map((_, index) => index + 1));
  expect(parsed.every(({ up, down }) => up.trim() !== "" && down.trim() !== "")).toBe(true);
});

test("a file without its two marks is no migration", () => {
  expect(() => parseMigration("001_a.sql", "create table a ();")).toThrow("001_a.sql lacks");
});

import { expect, test } from "bun:test";
import { findWithin } from "#lib/wait.ts";
import { testDatabase } from "../test/database.ts";
import { startProxy } from "../test/proxy.ts";
import { ensureDatabase, findDurabilityFault, openDatabase, readEpoch } from "./database.ts";

test("numbers of eight bytes are numbers, also in arrays and as parameters", async () => {
  await using database = await testDatabase();
  const largest = Number.MAX_SAFE_INTEGER;
  const [row] = await database.sql<{ one: number; many: number[]; given: number[] }[]>`
    select ${largest}::bigint as one, array[1, ${largest}]::bigint[] as many, ${[2, 3]}::bigint[] as given`;
  expect({ ...row }).toEqual({ one: largest, many: [1, largest], given: [2, 3] });
});

test("times are dates", async () => {
  await using database = await testDatabase();
  const at = new Date("2026-11-21T02:03:04.567Z");
  const [row] = await database.sql<{ at: Date }[]>`select ${at}::timestamptz as at`;
  expect(row?.at).toEqual(at);
});

test("a connection says whose it is and keeps the parameters it was given", async () => {
  await using database = await testDatabase();
  const sql = openDatabase({
    url: database.url,
    max: 1,
    name: "parley write",
    parameters: { lock_timeout: "100ms" },
  });
  const [row] = await sql`
    select current_setting('application_name') as name, current_setting('lock_timeout') as wait`;
  await sql.end();
  expect({ ...row }).toEqual({ name: "parley write", wait: "100ms" });
});

test("the epoch stays while the history does, and a restore makes it another one", async () => {
  await using database = await testDatabase();
  const before = await readEpoch(database.sql);
  await database.sql`insert into users (name) values ('Ada')`;
  expect(before).toMatch(/^[0-9a-f]{16}$/);
  expect(await readEpoch(database.sql)).toBe(before);

  await database.sql`update instance set restores = restores + 1`;
  expect(await readEpoch(database.sql)).not.toBe(before);
});

test("a PostgreSQL that confirms what it could lose is found out", async () => {
  await using database = await testDatabase();
  expect(await findDurabilityFault(database.sql)).toBeUndefined();

  // The shared server keeps its settings: this connection sees other ones first.
  await database.sql`create schema careless`;
  await database.sql`
    create table careless.pg_settings as
    select name, case name when 'fsync' then 'off' else setting end as setting from pg_settings`;
  const sql = openDatabase({
    url: database.url,
    max: 1,
    parameters: { search_path: "careless, pg_catalog" },
  });
  const fault = await findDurabilityFault(sql);
  await sql.end();
  expect(fault).toBe(
    "PostgreSQL runs with fsync=off and could lose messages; turn that on and start again.",
  );
});

test("a database of our own is made once", async () => {
  await using database = await testDatabase();
  const name = `ensured_${crypto.randomUUID().slice(0, 8)}`;
  const url = new URL(database.url);
  url.pathname = `/${name}`;
  await ensureDatabase(url.href);
  await ensureDatabase(url.href);
  const sql = openDatabase({ url: url.href, max: 1 });
  const [row] = await sql<{ name: string }[]>`select current_database() as name`;
  await sql.end();
  await database.sql`drop database ${database.sql(name)}`;
  expect(row?.name).toBe(name);
});

test("a query written between a connection's error and its end is answered by a refusal, not never", async () => {
  await using database = await testDatabase();
  using proxy = startProxy(database.url);
  const sql = openDatabase({ url: proxy.through(database.url), max: 1 });
  await sql`select 1`;
  const asked = sql`select pg_sleep(5)`.catch((error) => error.code);
  await database.sql`select pg_sleep(0.05)`;
  proxy.reset();
  expect(await asked).toMatch(/^(ECONNRESET|CONNECTION_CLOSED)$/);
  // In this moment the driver still holds the connection for a good one.
  expect(await sql`select 1`.catch((error) => error.code)).toBe("CONNECTION_CLOSED");
  const [row] = await sql<{ one: number }[]>`select 1 as one`;
  await sql.end();
  expect(row?.one).toBe(1);
});

test("a connection that breaks while the driver asks for array types is refused to who waits, and nothing else happens", async () => {
  await using database = await testDatabase();
  using proxy = startProxy(database.url);
  const sql = openDatabase({ url: proxy.through(database.url), max: 1 });
  // Behind the greeting of some 500 bytes comes the answer about array types, of some thousands.
  const cut = proxy.cutAfter(2_000);
  expect(await sql`select 1`.catch((error) => error.code)).toMatch(
    /^(ECONNRESET|CONNECTION_CLOSED)$/,
  );
  await cut;
  await sql`select 1`;
  await sql.end();
});

test.each([
  ["pg_terminate_backend", "closed"],
  ["pg_terminate_backend", "reset"],
  ["pg_cancel_backend", "kept"],
] as const)(
  "W4: arrays stay arrays on a connection whose greeting was ended by %s while the driver asked for their types, and then was %s",
  async (end, then) => {
    await using database = await testDatabase();
    using proxy = startProxy(database.url);
    const admin = openDatabase({ url: database.url, max: 1 });
    // Where the server closes a connection, the proxy resets it.
    const url = then === "reset" ? proxy.through(database.url) : database.url;
    const sql = openDatabase({ url, max: 1, name: "greeting" });
    const ask = async () => {
      const [row] = await sql<{ many: number[] }[]>`select ${[12]}::bigint[] as many`;
      return row!.many;
    };
    const greeting = async () => {
      const [found] = await database.sql<{ pid: number }[]>`
        select pid from pg_stat_activity where application_name = 'greeting' and wait_event_type = 'Lock'`;
      return found?.pid;
    };
    await greeting(); // What it needs of the table it has read by then.
    await admin`begin`;
    await admin`lock table pg_catalog.pg_type in access exclusive mode`;
    const first = ask().catch((error: { code: string }) => [error.code]);
    const pid = await findWithin(10_000, greeting);
    expect(pid).toBeDefined();
    await admin.unsafe(`select ${end}(${pid})`);
    await admin`rollback`;
    expect([12, "57014", "ECONNRESET", "CONNECTION_CLOSED"]).toContain((await first)[0]!);
    expect(await ask().catch(ask)).toEqual([12]);
    await Promise.all([sql.end(), admin.end()]);
  },
);

import { expect, test } from "bun:test";
import { testDatabase } from "./database.ts";
import { startProxy } from "./proxy.ts";
import { type Database, openDatabase } from "../store/database.ts";

const broken = /^(CONNECTION_CLOSED|ECONNRESET)$/;
const codeOf = (error: unknown): string => (error as { code: string }).code;

/** How a query ends on a connection that the driver did not take for a good one although it is broken. */
async function outcome(sql: Database): Promise<string> {
  for (;;) {
    const code = await sql`select 1`.then(() => "answered", codeOf);
    if (!broken.test(code)) return code;
  }
}

test("the proxy passes everything on, also what is larger than a buffer", async () => {
  await using database = await testDatabase();
  using proxy = startProxy(database.url);
  const sql = openDatabase({ url: proxy.through(database.url), max: 2 });
  const text = "long ".repeat(500_000);
  const [row] = await sql<{ text: string }[]>`select ${text} || 'er' as text`;
  await sql.end();
  expect(row?.text).toBe(`${text}er`);
  expect(proxy.opened).toBe(1);
});

test("the proxy delays, freezes and thaws", async () => {
  await using database = await testDatabase();
  using proxy = startProxy(database.url);
  const sql = openDatabase({ url: proxy.through(database.url), max: 1 });
  await sql`select 1`;
  proxy.setLatency(30);
  const since = performance.now();
  await sql`select 1`;
  expect(performance.now() - since).toBeGreaterThan(55);

  proxy.setLatency(0);
  proxy.freeze();
  let isAnswered = false;
  const frozen = sql<{ two: number }[]>`select 2 as two`.then(([row]) => {
    isAnswered = true;
    return row?.two;
  });
  await database.sql`select pg_sleep(0.1)`;
  expect(isAnswered).toBe(false);
  proxy.thaw();
  expect(await frozen).toBe(2);
  await sql.end();
});

test("the proxy breaks connections: at once, in the middle of an answer, and new ones", async () => {
  await using database = await testDatabase();
  using proxy = startProxy(database.url);
  const sql = openDatabase({ url: proxy.through(database.url), max: 1 });
  await sql`select 1`;
  const asked = sql`select pg_sleep(5)`.catch(codeOf);
  await database.sql`select pg_sleep(0.05)`;
  proxy.reset();
  expect(await asked).toMatch(broken);

  expect(await outcome(sql)).toBe("answered");
  const cut = proxy.cutAfter(1_000);
  expect(await sql`select repeat('x', 5000)`.catch(codeOf)).toMatch(broken);
  await cut;
  expect(await outcome(sql)).toBe("answered");

  proxy.refuse();
  expect(await outcome(sql)).toBe("ECONNREFUSED");
  proxy.accept();
  expect(await outcome(sql)).toBe("answered");
  await sql.end();
});

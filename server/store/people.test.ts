import { afterAll, expect, test } from "bun:test";
import type { UserId } from "#wire/ids.ts";
import { addUsers } from "../test/channels.ts";
import { testDatabase } from "../test/database.ts";
import { findPeople, type PeopleCursor, readPeople, writeLastSeen } from "./people.ts";

const database = await testDatabase();
afterAll(() => database[Symbol.asyncDispose]());
const { sql } = database;

const find = async (query: string): Promise<string[]> =>
  (await findPeople(sql, query, null, 100)).map(({ name }) => name);

test("people are found by the beginning of a word of the name, whatever its case, or of the address", async () => {
  await addUsers(sql, "Ada Lovelace", "Grace Hopper", "Élodie Ångström", "İlknur");
  await sql`insert into users (name, email) values ('Linus', 'Torvalds@parley.test')`;
  await sql`insert into users (name, active) values ('Ada Gone', false)`;
  expect(await find("ada")).toEqual(["Ada Lovelace"]);
  expect(await find("LOVE")).toEqual(["Ada Lovelace"]);
  expect(await find("él")).toEqual(["Élodie Ångström"]);
  expect(await find("ÅNG")).toEqual(["Élodie Ångström"]);
  expect(await find("İl")).toEqual(["İlknur"]);
  expect(await find("torvalds@")).toEqual(["Linus"]);
  expect(await find("ovelace")).toEqual([]);
  expect(await find("")).toEqual([
    "Ada Lovelace",
    "Grace Hopper",
    "İlknur",
    "Linus",
    "Élodie Ångström",
  ]);
});

test("S12: signs that mean something to LIKE or to SQL are only signs", async () => {
  await addUsers(sql, "100% sure", "under_score", "back\\slash", "o'); drop table users; --");
  expect(await find("%")).toEqual([]);
  expect(await find("_")).toEqual([]);
  expect(await find("\\")).toEqual([]);
  expect(await find("100%")).toEqual(["100% sure"]);
  expect(await find("under_")).toEqual(["under_score"]);
  expect(await find("under%")).toEqual([]);
  expect(await find("back\\s")).toEqual(["back\\slash"]);
  expect(await find("o'); drop table users; --")).toEqual(["o'); drop table users; --"]);
  expect(await find("' or true or '")).toEqual([]);
});

test("people of one name come page by page, each once", async () => {
  const namesakes = await addUsers(
    sql,
    ...Array.from({ length: 9 }, (_, at) => (at % 2 ? "Same Name" : "same name")),
  );
  await addUsers(sql, "Same Nama", "Same Namf");
  const found: UserId[] = [];
  let after: PeopleCursor | null = null;
  for (;;) {
    const page = await findPeople(sql, "same", after, 4);
    found.push(...page.map(({ id }) => id));
    const last = page.at(-1);
    if (!last) break;
    after = { name: last.name, id: last.id };
  }
  expect(found).toHaveLength(11);
  expect(found.slice(1, -1)).toEqual(namesakes);
});

test("certain people are read also when they are no longer active, with when they were last seen", async () => {
  const [ada, grace] = (await addUsers(sql, "Ada Seen", "Grace Seen")) as [UserId, UserId];
  await sql`update users set active = false where id = ${ada}`;
  const at = Date.UTC(2026, 10, 21, 12, 0, 0, 123);
  await writeLastSeen(sql, new Map([[grace, at]]));
  await writeLastSeen(sql, new Map([[999_999_999 as UserId, at]]));
  expect(await readPeople(sql, [grace, ada, 999_999_999 as UserId])).toEqual([
    { id: ada, name: "Ada Seen", role: "member", lastSeenAt: null, status: null },
    { id: grace, name: "Grace Seen", role: "member", lastSeenAt: at, status: null },
  ]);
});

test("S12: a query with a NUL is no error", async () => {
  expect(await findPeople(sql, "\0", null, 1)).toHaveLength(1);
});

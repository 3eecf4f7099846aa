import { expect, test } from "bun:test";
import { hasOwner } from "../store/account.ts";
import { insertOwner } from "../store/one-time-code.ts";
import { codeOf, ownOrigin, testApp, type TestApp } from "../test/app.ts";
import { people } from "../test/people.ts";
import { hashCode } from "./code.ts";
import { newSession } from "./refresh-token.ts";
import { setupLink, setUp } from "./setup.ts";

test("without the code nobody becomes owner", async () => {
  await using app = await testApp();
  const link = await setupLink(app.sql, ownOrigin);
  expect(link).toStartWith(`${ownOrigin}/setup#code=`);
  const code = codeOf(link!);
  for (const wrong of ["x", `${code}x`, code.slice(1), code.toUpperCase()]) {
    expect(await setUp(app.parts, { code: wrong, ...people.ada })).toEqual({
      refused: "link_invalid",
    });
  }
  expect(await hasOwner(app.sql)).toBe(false);
  expect(await app.sql`select from users`).toHaveLength(0);
});

/**
 * Begins each work when the one before waits for a lock or is done, while no session can be stored: whoever makes an
 * account stands still in the middle of it. Then lets all go on.
 */
async function overlapped<T>({ sql }: TestApp, works: (() => Promise<T>)[]): Promise<T[]> {
  const begun: Promise<T>[] = [];
  let done = 0;
  await sql.begin(async (transaction) => {
    await transaction`lock table sessions in share mode`;
    for (const work of works) {
      begun.push(work().finally(() => (done += 1)));
      for (let waiting = 0; waiting + done < begun.length;) {
        const [row] = await transaction<{ waiting: number }[]>`
          select count(*) as waiting from pg_locks join pg_database on pg_database.oid = database
          where not granted and datname = current_database()`;
        waiting = row!.waiting;
      }
    }
  });
  return await Promise.all(begun);
}

test("of two who use the code at the same moment exactly one becomes owner", async () => {
  await using app = await testApp();
  const code = codeOf((await setupLink(app.sql, ownOrigin))!);
  const [first, second] = await overlapped(app, [
    async () => await setUp(app.parts, { code, ...people.ada }),
    async () => await setUp(app.parts, { code, ...people.grace }),
  ]);
  expect(first).toMatchObject({ account: { role: "owner", name: people.ada.name } });
  expect(second).toEqual({ refused: "already_set_up" });
  expect(await app.sql`select from users`).toHaveLength(1);
});

test("of many who use the code at once exactly one becomes owner", async () => {
  await using app = await testApp();
  const code = codeOf((await setupLink(app.sql, ownOrigin))!);
  const outcomes = await Promise.all(
    Object.values(people).map(async (person) => await setUp(app.parts, { code, ...person })),
  );
  const refused = outcomes.filter((outcome) => "refused" in outcome);
  expect(refused).toEqual(outcomes.slice(1).map(() => ({ refused: "already_set_up" })));
  expect(await app.sql`select from users`).toHaveLength(1);
});

test("while somebody sets up, no link is made for another", async () => {
  await using app = await testApp();
  const code = codeOf((await setupLink(app.sql, ownOrigin))!);
  const [owner, link] = await overlapped<unknown>(app, [
    async () => await setUp(app.parts, { code, ...people.ada }),
    async () => await setupLink(app.sql, ownOrigin),
  ]);
  expect(owner).toMatchObject({ account: { role: "owner" } });
  expect(link).toBeUndefined();
});

test("a code that was replaced while the password was hashed is worthless", async () => {
  await using app = await testApp();
  const old = codeOf((await setupLink(app.sql, ownOrigin))!);
  await setupLink(app.sql, ownOrigin);
  const { name, email } = people.ada;
  const account = { name, email, passwordHash: "hash" };
  const { session } = newSession(app.clock.nowMs);
  expect(await insertOwner(app.sql, hashCode(old), account, session)).toBe("link_invalid");
  expect(await app.sql`select from users`).toHaveLength(0);
});

test("a new link replaces the old one, and there is none once there is an owner", async () => {
  await using app = await testApp();
  const old = codeOf((await setupLink(app.sql, ownOrigin))!);
  const code = codeOf((await setupLink(app.sql, ownOrigin))!);
  expect(await setUp(app.parts, { code: old, ...people.ada })).toEqual({ refused: "link_invalid" });
  expect(await setUp(app.parts, { code, ...people.ada })).toMatchObject({
    account: { role: "owner", email: people.ada.email, name: people.ada.name },
  });
  expect(await setupLink(app.sql, ownOrigin)).toBeUndefined();
  expect(await setUp(app.parts, { code, ...people.grace })).toEqual({ refused: "already_set_up" });
});

test("the database holds no code, only a hash of it", async () => {
  await using app = await testApp();
  const code = codeOf((await setupLink(app.sql, ownOrigin))!);
  const rows = await app.sql`select one_time_codes::text as text from one_time_codes`;
  expect(rows).toHaveLength(1);
  for (const text of [code, Buffer.from(code).toString("hex")]) {
    expect(rows[0]!["text"]).not.toContain(text);
  }
  expect(rows[0]!["text"]).not.toContain(Buffer.from(code, "base64url").toString("hex"));
});

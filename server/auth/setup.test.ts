import { expect, test } from "bun:test";
import { hasOwner } from "../store/account.ts";
import { codeOf, ownOrigin, testApp } from "../test/app.ts";
import { people } from "../test/people.ts";
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

test("of two who use the code at once exactly one becomes owner", async () => {
  await using app = await testApp();
  const code = codeOf((await setupLink(app.sql, ownOrigin))!);
  const outcomes = await Promise.all(
    [people.ada, people.grace, people.linus, people.alan].map(
      async (person) => await setUp(app.parts, { code, ...person }),
    ),
  );
  const refusals = outcomes.flatMap((outcome) => ("refused" in outcome ? [outcome.refused] : []));
  expect(refusals).toEqual(["already_set_up", "already_set_up", "already_set_up"]);
  expect(await app.sql`select from users`).toHaveLength(1);
});

test("a link made while somebody sets up makes no second owner", async () => {
  await using app = await testApp();
  const first = codeOf((await setupLink(app.sql, ownOrigin))!);
  const [ada, link] = await Promise.all([
    setUp(app.parts, { code: first, ...people.ada }),
    setupLink(app.sql, ownOrigin),
  ]);
  if (link) await setUp(app.parts, { code: codeOf(link), ...people.grace });
  expect(await app.sql`select from users where role = 'owner'`).toHaveLength(1);
  expect("refused" in ada).toBe(link !== undefined);
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

import { expect, test } from "bun:test";
import type { UserId } from "#wire/ids.ts";
import { attemptLimits } from "../auth/attempts.ts";
import { hashCode } from "../auth/code.ts";
import { newSession } from "../auth/refresh-token.ts";
import { spendEnterCode } from "../store/enter-code.ts";
import { type Browser, codeOf, ownOrigin, testApp, type TestApp } from "../test/app.ts";
import { people } from "../test/people.ts";
import { names } from "./names.ts";
import { enterByLink, makeSignInLink } from "./sign-in-link.ts";

const hourMs = 60 * 60 * 1000;

/** The owner with the example loaded, and Grace of the example. */
async function loaded(app: TestApp): Promise<{ owner: Browser; grace: UserId }> {
  const owner = await app.owner();
  const { json } = await owner.post("/api/v1/demo");
  const grace = json.people.find(({ name }: { name: string }) => name === names.grace);
  return { owner, grace: grace.id };
}

const linkOf = async (owner: Browser, user: UserId): Promise<string> =>
  (await owner.post(`/api/v1/demo/people/${user}/link`)).json.link;

test("B37: a link lets one in as its person, once, and keeps the code out of paths, logs and the database", async () => {
  await using app = await testApp();
  const { owner, grace } = await loaded(app);
  const link = await linkOf(owner, grace);
  expect(link).toStartWith(`${ownOrigin}/enter#code=`);
  const code = codeOf(link);
  const browser = app.browser();
  expect(await browser.post("/api/v1/demo/enter", { code })).toMatchObject({
    status: 201,
    json: { user: { id: grace, name: names.grace, role: "member", email: null } },
  });
  expect(await browser.get("/api/v1/account")).toMatchObject({ json: { id: grace } });
  expect(await browser.refresh()).toMatchObject({ status: 200 });
  const again = await app.browser().post("/api/v1/demo/enter", { code });
  expect(again).toMatchObject({ status: 410, json: { code: "link_invalid" } });
  expect(app.logged.join("\n")).not.toContain(code);
});

test("B37: of many who use a link at once one comes in", async () => {
  await using app = await testApp();
  const { owner, grace } = await loaded(app);
  const code = codeOf(await linkOf(owner, grace));
  const outcomes = await Promise.all([1, 2, 3, 4].map(() => enterByLink(app.parts, code)));
  expect(outcomes.filter((outcome) => "account" in outcome)).toHaveLength(1);
});

test("B37: a link is good for an hour, and a newer one of the same person replaces it", async () => {
  await using app = await testApp();
  const { owner, grace } = await loaded(app);
  const enter = async (code: string) => await enterByLink(app.parts, code);
  const first = codeOf(await linkOf(owner, grace));
  const second = codeOf(await linkOf(owner, grace));
  expect(await enter(first)).toEqual({ refused: "link_invalid" });

  app.clock.nowMs += hourMs - 1;
  expect(await enter(second)).toMatchObject({ account: { id: grace } });
  const third = codeOf((await makeSignInLink(app.parts, grace, ownOrigin))!.link);
  app.clock.nowMs += hourMs;
  expect(await enter(third)).toEqual({ refused: "link_invalid" });
});

test("B37 S1: no link is made for a real account, nor for nobody, and none that was slipped in lets one in as a real person", async () => {
  await using app = await testApp();
  const { owner, grace } = await loaded(app);
  const member = await app.member(owner, people.grace);
  const { userId } = await member.access(app.tokens);
  const { userId: ownerId } = await owner.access(app.tokens);
  for (const id of [userId, ownerId, 999_999_999]) {
    const refused = await owner.post(`/api/v1/demo/people/${id}/link`);
    expect(refused).toMatchObject({ status: 404, json: { code: "not_found" } });
  }
  expect((await app.sql`select from one_time_codes`).length).toBe(0);

  await app.sql`
    insert into one_time_codes (hash, purpose, user_id, created_at, expires_at)
    values (${hashCode("slipped in")}, 'enter', ${ownerId}, now(), now() + interval '10 years')`;
  expect(await enterByLink(app.parts, "slipped in")).toEqual({ refused: "link_invalid" });
  // And a reset's code is none of these.
  await app.sql`delete from one_time_codes`;
  await app.sql`
    insert into one_time_codes (hash, purpose, user_id, created_at, expires_at)
    values (${hashCode("a reset")}, 'reset', ${grace}, now(), now() + interval '10 years')`;
  const { session } = newSession(app.clock.nowMs);
  expect(await spendEnterCode(app.sql, hashCode("a reset"), session)).toBe("link_invalid");
});

test("B37: a removed person's link lets nobody in, and none is made any more", async () => {
  await using app = await testApp();
  const { owner, grace } = await loaded(app);
  const code = codeOf(await linkOf(owner, grace));
  expect(await owner.delete("/api/v1/demo")).toMatchObject({ status: 204 });
  expect((await app.sql`select from one_time_codes`).length).toBe(0);
  expect(await enterByLink(app.parts, code)).toEqual({ refused: "link_invalid" });
  expect(await owner.post(`/api/v1/demo/people/${grace}/link`)).toMatchObject({ status: 404 });
});

test("B37: removing tells at once of the sessions that it ended, of its people and of nobody else", async () => {
  await using app = await testApp();
  const { owner, grace } = await loaded(app);
  await app.member(owner, people.grace);
  const hers = app.browser();
  await hers.post("/api/v1/demo/enter", { code: codeOf(await linkOf(owner, grace)) });
  const { sessionId } = await hers.access(app.tokens);
  await owner.delete("/api/v1/demo");
  expect(app.ended).toEqual([sessionId]);
  expect(await hers.refresh()).toMatchObject({ status: 401 });
  expect(await owner.refresh()).toMatchObject({ status: 200 });
});

test("B37: who guesses codes has to wait, and a good link is no attempt", async () => {
  await using app = await testApp();
  const { owner, grace } = await loaded(app);
  const guess = async () => await app.browser().post("/api/v1/demo/enter", { code: "a guess" });
  for (let count = 1; count < attemptLimits.linksByAddress.points; count++) await guess();
  const code = codeOf(await linkOf(owner, grace));
  expect(await app.browser().post("/api/v1/demo/enter", { code })).toMatchObject({ status: 201 });
  expect(await guess()).toMatchObject({ status: 410 });
  expect(await guess()).toMatchObject({ status: 429, json: { code: "too_many_attempts" } });
});

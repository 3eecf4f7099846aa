import { expect, test } from "bun:test";
import { testApp } from "../test/app.ts";
import { people } from "../test/people.ts";
import { graceMs, sessionMs } from "./refresh-token.ts";
import { refreshSession } from "./session.ts";
import { readsOf } from "../test/reads.ts";

const minuteMs = 60_000;

test("ten tabs that refresh at once stay signed in, all with one token", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const tabs = await Promise.all(
    Array.from({ length: 10 }, async () => await refreshSession(app.parts, ada.cookie)),
  );
  const tokens = tabs.map((tab) => ("refused" in tab ? tab.refused : tab.refreshToken));
  expect(new Set(tokens).size).toBe(1);
  expect(tokens[0]).not.toBe("session_ended");

  app.clock.nowMs += 10 * minuteMs;
  ada.cookie = tokens[0]!;
  expect(await ada.refresh()).toMatchObject({ status: 200 });
  expect(app.ended).toEqual([]);
});

test("a laptop whose answer was lost is still signed in two weeks later", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const laptop = ada.cookie;
  await refreshSession(app.parts, laptop); // The answer is lost.
  app.clock.nowMs += 14 * 24 * 60 * minuteMs;
  expect(await ada.refresh()).toMatchObject({ status: 200 });
  app.clock.nowMs += 10 * minuteMs;
  expect(await ada.refresh()).toMatchObject({ status: 200 });
  expect(app.ended).toEqual([]);
});

test("a stolen token that comes back ends the session for thief and owner, and its sockets", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const { userId, sessionId } = await ada.access(app.tokens);
  const thief = app.browser("198.51.100.66");
  thief.cookie = ada.cookie;
  await ada.refresh();
  app.clock.nowMs += graceMs;
  await ada.refresh();

  expect(await thief.refresh()).toMatchObject({ status: 401, json: { code: "session_ended" } });
  expect(app.ended).toEqual([sessionId]);
  expect(await ada.refresh()).toMatchObject({ status: 401, json: { code: "session_ended" } });
  expect(await readsOf(app.sql).activeUser(userId, sessionId)).toBeUndefined();
});

test("a theft ends one session, not the person's others", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const phone = app.browser();
  await phone.post("/api/v1/session", people.ada);
  const spent = ada.cookie;
  await ada.refresh();
  app.clock.nowMs += graceMs;
  await ada.refresh();
  expect(await refreshSession(app.parts, spent)).toMatchObject({ refused: "session_ended" });
  expect(await phone.refresh()).toMatchObject({ status: 200 });
});

test("a session ends thirty days after its last use", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  app.clock.nowMs += sessionMs - 1;
  expect(await ada.refresh()).toMatchObject({ status: 200 });
  app.clock.nowMs += sessionMs - 1;
  expect(await ada.refresh()).toMatchObject({ status: 200 });
  app.clock.nowMs += sessionMs;
  expect(await ada.refresh()).toMatchObject({ status: 401, json: { code: "session_ended" } });
});

test("the database holds no token, only hashes of them", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  await ada.refresh();
  const rows = await app.sql`select sessions::text as text from sessions`;
  const held = [ada.cookie, Buffer.from(ada.cookie).toString("hex")];
  const secret = Buffer.from(ada.cookie, "base64url").subarray(16).toString("hex");
  for (const text of [...held, secret]) expect(rows[0]!["text"]).not.toContain(text);
});

test("signing out ends the session and its sockets, with the token before the newest too", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const { sessionId } = await ada.access(app.tokens);
  const before = ada.cookie;
  await ada.refresh();
  const newest = ada.cookie;
  ada.cookie = before; // Another tab refreshed a moment ago.
  expect(await ada.delete("/api/v1/session")).toMatchObject({ status: 204 });
  expect(ada.cookie).toBe("");
  expect(app.ended).toEqual([sessionId]);
  ada.cookie = newest;
  expect(await ada.refresh()).toMatchObject({ status: 401 });
});

test("signing out twice, or without a session, is fine and ends nothing", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const { cookie } = ada;
  const foreign = `${cookie.slice(0, 40)}${"A".repeat(24)}`;
  ada.cookie = foreign;
  expect(await ada.delete("/api/v1/session")).toMatchObject({ status: 204 });
  expect(app.ended).toEqual([]);
  ada.cookie = cookie;
  await ada.delete("/api/v1/session");
  ada.cookie = cookie;
  expect(await ada.delete("/api/v1/session")).toMatchObject({ status: 204 });
  expect(await ada.delete("/api/v1/session")).toMatchObject({ status: 204 });
  expect(app.ended).toHaveLength(1);
});

test("S1: an access token of an ended session, or of a deactivated user, speaks for nobody", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const grace = await app.member(ada, people.grace);
  const graceIs = await grace.access(app.tokens);
  const adaIs = await ada.access(app.tokens);
  const read = async (userId = graceIs.userId, sessionId = graceIs.sessionId) =>
    await readsOf(app.sql).activeUser(userId, sessionId);

  expect(await read()).toMatchObject({ name: people.grace.name, role: "member" });
  expect(await read(graceIs.userId, adaIs.sessionId)).toBeUndefined();
  expect(await read(adaIs.userId, graceIs.sessionId)).toBeUndefined();
  await app.sql`update users set active = false where id = ${graceIs.userId}`;
  expect(await read()).toBeUndefined();
  const { cookie } = grace;
  expect(await grace.refresh()).toMatchObject({ status: 401, json: { code: "session_ended" } });
  grace.cookie = cookie;
  await app.sql`update users set active = true where id = ${graceIs.userId}`;
  expect(await read()).toMatchObject({ id: graceIs.userId });
  await grace.delete("/api/v1/session");
  expect(await read()).toBeUndefined();
});

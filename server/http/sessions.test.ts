import { expect, test } from "bun:test";
import { testApp, type TestApp } from "../test/app.ts";
import { people } from "../test/people.ts";

/** The owner at a desk, and the same person on a phone. */
async function ofTwoDevices(app: TestApp) {
  const desk = await app.owner();
  const phone = app.browser("198.51.100.7");
  phone.headers = { "user-agent": "Phone/1" };
  await phone.post("/api/v1/session", people.ada);
  return { desk, phone };
}

test("B17: one sees where one is signed in: which is this one, when it was used last, from where and by what", async () => {
  await using app = await testApp();
  const { desk, phone } = await ofTwoDevices(app);
  app.clock.nowMs += 60_000;
  phone.headers["user-agent"] = "Phone/2";
  await phone.refresh();
  const { sessions } = (await desk.get("/api/v1/sessions")).json;
  const ids = await Promise.all([phone, desk].map((device) => device.access(app.tokens)));
  expect(sessions).toMatchObject([
    { id: ids[0]!.sessionId, isThis: false, agent: "Phone/2", address: "198.51.100.7" },
    { id: ids[1]!.sessionId, isThis: true },
  ]);
  expect(sessions[0].lastUsedAt).toBe(new Date(app.clock.nowMs).toISOString());
  expect(sessions[0].createdAt < sessions[0].lastUsedAt).toBe(true);
});

test("B17: what ended or ran out is not listed, and nobody sees another's", async () => {
  await using app = await testApp();
  const { desk, phone } = await ofTwoDevices(app);
  const grace = await app.member(desk, people.grace);
  expect((await grace.get("/api/v1/sessions")).json.sessions).toHaveLength(1);
  await phone.delete("/api/v1/session");
  expect((await desk.get("/api/v1/sessions")).json.sessions).toHaveLength(1);
  await app.sql`update sessions set expires_at = ${new Date(app.clock.nowMs - 1)}`;
  expect((await desk.get("/api/v1/sessions")).json.sessions).toEqual([]);
});

test("B17: ending a session signs that device out, once, and no other", async () => {
  await using app = await testApp();
  const { desk, phone } = await ofTwoDevices(app);
  const { sessionId } = await phone.access(app.tokens);
  const path = `/api/v1/sessions/${sessionId}`;
  expect(await desk.delete(path)).toMatchObject({ status: 204 });
  expect(app.ended).toEqual([sessionId]);
  expect(await phone.get("/api/v1/account")).toMatchObject({ json: { code: "session_ended" } });
  expect(await phone.refresh()).toMatchObject({ status: 401 });
  expect(await desk.get("/api/v1/account")).toMatchObject({ status: 200 });
  expect(await desk.delete(path)).toMatchObject({ status: 404 });
  expect(app.ended).toHaveLength(1);
});

test("B17: nobody ends the session of another", async () => {
  await using app = await testApp();
  const { desk } = await ofTwoDevices(app);
  const grace = await app.member(desk, people.grace);
  const { sessionId } = await desk.access(app.tokens);
  expect(await grace.delete(`/api/v1/sessions/${sessionId}`)).toMatchObject({ status: 404 });
  await grace.delete("/api/v1/sessions");
  expect(await desk.get("/api/v1/account")).toMatchObject({ status: 200 });
  expect(app.ended).toEqual([]);
});

test("B17: all others are ended at once, and the one that asks goes on", async () => {
  await using app = await testApp();
  const { desk, phone } = await ofTwoDevices(app);
  const tablet = app.browser();
  await tablet.post("/api/v1/session", people.ada);
  expect(await desk.delete("/api/v1/sessions")).toMatchObject({ status: 204 });
  expect(app.ended).toHaveLength(2);
  const answers = await Promise.all(
    [phone, tablet, desk].map((device) => device.get("/api/v1/account")),
  );
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 200]);
});

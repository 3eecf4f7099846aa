import { expect, test } from "bun:test";
import type { UserId } from "#wire/ids.ts";
import { createGroup, type GroupChange, removeMember, setRole } from "../store/group.ts";
import { endSession, endSessionsOf } from "../store/session.ts";
import { testApp, type TestApp } from "../test/app.ts";
import { addUsers } from "../test/channels.ts";
import { people } from "../test/people.ts";
import { watchRevocations } from "./revocations.ts";

/** Tells of ended sessions one by one, in order, without ever missing one. */
async function watch(app: TestApp) {
  const heard: string[] = [];
  let wake = Promise.withResolvers<void>();
  const revocations = await watchRevocations({
    sql: app.sql,
    log: app.parts.log,
    onRevoked: (revocation) => {
      heard.push(
        "sessionId" in revocation
          ? revocation.sessionId
          : `${revocation.userId} in ${revocation.channelId}`,
      );
      wake.resolve();
    },
  });
  return {
    revocations,
    [Symbol.dispose]: () => revocations.stop(),
    heard,
    until: async (count: number) => {
      while (heard.length < count) {
        await wake.promise;
        wake = Promise.withResolvers<void>();
      }
      return heard;
    },
  };
}

async function end({ sql, clock }: TestApp, sessionId: string): Promise<boolean> {
  const at = new Date(clock.nowMs);
  return await sql.begin(
    async (transaction) => await endSession(transaction, sessionId, "signed_out", at),
  );
}

async function endAll({ sql, clock }: TestApp, userId: UserId): Promise<string[]> {
  const at = new Date(clock.nowMs);
  return await sql.begin(
    async (transaction) => await endSessionsOf(transaction, userId, "deactivated", at),
  );
}

test("S1: who ends a session elsewhere is heard by every worker, in order", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const first = await ada.access(app.tokens);
  const phone = app.browser();
  await phone.post("/api/v1/session", people.ada);
  const second = await phone.access(app.tokens);
  using one = await watch(app);
  using two = await watch(app);
  await end(app, second.sessionId);
  await one.until(1);
  await endAll(app, first.userId);
  expect(await one.until(2)).toEqual([second.sessionId, first.sessionId]);
  expect(await two.until(2)).toEqual([second.sessionId, first.sessionId]);
  expect(two.revocations.hasEnded(first.sessionId)).toBe(true);
  expect(two.revocations.hasEnded(crypto.randomUUID())).toBe(false);
});

test("an end that is committed late is heard, although a later number was asked for before", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const slow = await ada.access(app.tokens);
  const phone = app.browser();
  await phone.post("/api/v1/session", people.ada);
  const quick = await phone.access(app.tokens);
  using watching = await watch(app);

  const holding = Promise.withResolvers<void>();
  const ending = Promise.withResolvers<void>();
  const at = new Date(app.clock.nowMs);
  const slowEnd = app.sql.begin(async (transaction) => {
    await endSession(transaction, slow.sessionId, "signed_out", at);
    ending.resolve();
    await holding.promise;
  });
  await ending.promise;
  const quickEnd = end(app, quick.sessionId);
  holding.resolve();
  await Promise.all([slowEnd, quickEnd]);
  expect(await watching.until(2)).toEqual([slow.sessionId, quick.sessionId]);
});

test("what ended before is not told, and an ended session ends only once", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const { sessionId } = await ada.access(app.tokens);
  const phone = app.browser();
  await phone.post("/api/v1/session", people.ada);
  const { sessionId: other } = await phone.access(app.tokens);
  expect(await end(app, sessionId)).toBe(true);
  using watching = await watch(app);
  expect(await end(app, sessionId)).toBe(false);
  expect(await end(app, other)).toBe(true);
  expect(await watching.until(1)).toEqual([other]);
});

test("S1: more sessions than one look reads are all heard", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const { userId } = await ada.access(app.tokens);
  await app.sql`
    insert into sessions (id, user_id, token_hash, created_at, last_used_at, expires_at)
    select gen_random_uuid(), ${userId}, '', now(), now(), now() from generate_series(1, 1500)`;
  using watching = await watch(app);
  const ids = await endAll(app, userId);
  expect(ids).toHaveLength(1_501);
  expect(new Set(await watching.until(1_501))).toEqual(new Set(ids));
});

test("S1: what ends in an older history that was put back is heard too", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const { sessionId } = await ada.access(app.tokens);
  await app.sql`update revocation_head set seq = 7`;
  using one = await watch(app);
  await app.sql`update revocation_head set seq = 2`;
  await end(app, sessionId);
  expect(await one.until(1)).toEqual([sessionId]);
});

test("B17: who is removed from a group is told of, and whose leaving it was too", async () => {
  await using app = await testApp();
  const [ada, grace, linus] = (await addUsers(app.sql, "Ada", "Grace", "Linus")) as [
    UserId,
    UserId,
    UserId,
  ];
  const made = await createGroup(app.sql, ada, {
    textId: "engines",
    name: "Engines",
    users: [grace, linus],
  });
  const { channelId } = made as GroupChange;
  using watching = await watch(app);
  await removeMember(app.sql, channelId, ada, grace);
  await removeMember(app.sql, channelId, linus, linus);
  await setRole(app.sql, channelId, ada, { user: ada, role: "admin" });
  expect(await watching.until(2)).toEqual([`${grace} in ${channelId}`, `${linus} in ${channelId}`]);
});

import { expect, test } from "bun:test";
import { acceptInvitation } from "../store/invitation.ts";
import { codeOf, ownOrigin, testApp, type TestApp } from "../test/app.ts";
import { people } from "../test/people.ts";
import { hashCode } from "./code.ts";
import { invite, join, lookAtInvitation } from "./invitation.ts";
import { newSession } from "./refresh-token.ts";

const hourMs = 60 * 60 * 1000;

async function inviteBy(app: TestApp, usesMax: number, expiresInHours = 1) {
  const ada = await app.owner();
  const { userId } = await ada.access(app.tokens);
  const wish = { usesMax, expiresInHours, publicUrl: ownOrigin };
  const { id, link } = await invite(app.parts, userId, wish);
  return { ada, id, link, code: codeOf(link) };
}

async function usesOf(app: TestApp): Promise<number[]> {
  const rows = await app.sql<{ uses: number }[]>`select uses from invitations`;
  return rows.map(({ uses }) => uses);
}

const open = [people.grace, people.linus, people.margaret, people.alan, people.katherine];

test("an invitation is a link that says who invites, and makes a member", async () => {
  await using app = await testApp();
  const { link, code } = await inviteBy(app, 1);
  expect(link).toBe(`${ownOrigin}/invite#code=${code}`);
  expect(await lookAtInvitation(app.parts, code)).toEqual({ invitedBy: people.ada.name });
  expect(await join(app.parts, { code, ...people.grace })).toMatchObject({
    account: { role: "member", name: people.grace.name },
  });
});

test("a one-time link works once, and looking at it does not use it", async () => {
  await using app = await testApp();
  const { code } = await inviteBy(app, 1);
  await lookAtInvitation(app.parts, code);
  await lookAtInvitation(app.parts, code);
  expect(await join(app.parts, { code, ...people.grace })).not.toHaveProperty("refused");
  expect(await join(app.parts, { code, ...people.linus })).toEqual({ refused: "link_invalid" });
  expect(await lookAtInvitation(app.parts, code)).toEqual({ refused: "link_invalid" });
});

test("many who accept at once are never more than the invitation allows", async () => {
  await using app = await testApp();
  const { code } = await inviteBy(app, 2);
  const outcomes = await Promise.all(
    open.map(async (person) => await join(app.parts, { code, ...person })),
  );
  expect(outcomes.filter((outcome) => "refused" in outcome)).toEqual(
    Array.from({ length: open.length - 2 }, () => ({ refused: "link_invalid" })),
  );
  expect(await app.sql`select from users where role = 'member'`).toHaveLength(2);
  expect(await usesOf(app)).toEqual([2]);
});

test("an address that is taken uses nothing up, in whatever letters it is written", async () => {
  await using app = await testApp();
  const { code } = await inviteBy(app, 1);
  expect(await join(app.parts, { code, ...people.ada })).toEqual({ refused: "email_taken" });
  expect(await join(app.parts, { code, ...people.grace })).not.toHaveProperty("refused");
});

test("two who choose one address at once are one account", async () => {
  await using app = await testApp();
  const { code } = await inviteBy(app, 2);
  const outcomes = await Promise.all([
    join(app.parts, { code, ...people.grace }),
    join(app.parts, { code, ...people.grace }),
  ]);
  expect(outcomes).toContainEqual({ refused: "email_taken" });
  expect(await app.sql`select from users where role = 'member'`).toHaveLength(1);
  expect(await usesOf(app)).toEqual([1]);
});

test("an invitation expires to the millisecond", async () => {
  await using app = await testApp();
  const { code } = await inviteBy(app, 5, 2);
  app.clock.nowMs += 2 * hourMs - 1;
  expect(await lookAtInvitation(app.parts, code)).toEqual({ invitedBy: people.ada.name });
  expect(await join(app.parts, { code, ...people.grace })).not.toHaveProperty("refused");
  app.clock.nowMs += 1;
  expect(await lookAtInvitation(app.parts, code)).toEqual({ refused: "link_invalid" });
  expect(await join(app.parts, { code, ...people.linus })).toEqual({ refused: "link_invalid" });
});

test("an invitation that was taken back, or whose author is deactivated, is no longer valid", async () => {
  await using app = await testApp();
  const { ada, id, code } = await inviteBy(app, 5);
  await app.sql`update users set active = false where role = 'owner'`;
  expect(await lookAtInvitation(app.parts, code)).toEqual({ refused: "link_invalid" });
  expect(await join(app.parts, { code, ...people.grace })).toEqual({ refused: "link_invalid" });
  await app.sql`update users set active = true where role = 'owner'`;
  expect(await lookAtInvitation(app.parts, code)).toEqual({ invitedBy: people.ada.name });

  expect(await ada.delete(`/api/v1/invitations/${id}`)).toMatchObject({ status: 204 });
  expect(await join(app.parts, { code, ...people.grace })).toEqual({ refused: "link_invalid" });
  expect(await ada.delete(`/api/v1/invitations/${id}`)).toMatchObject({ status: 404 });
});

test("an invitation that stops being valid while the password is hashed makes nobody", async () => {
  await using app = await testApp();
  const { ada, id, code } = await inviteBy(app, 5);
  const { name, email } = people.grace;
  const accept = async (nowMs = app.clock.nowMs) =>
    await acceptInvitation(
      app.sql,
      hashCode(code),
      { name, email, passwordHash: "hash" },
      newSession(nowMs).session,
    );
  expect(await accept(app.clock.nowMs + hourMs)).toBe("link_invalid");
  await app.sql`update users set active = false where role = 'owner'`;
  expect(await accept()).toBe("link_invalid");
  await app.sql`update users set active = true where role = 'owner'`;
  await ada.delete(`/api/v1/invitations/${id}`);
  expect(await accept()).toBe("link_invalid");
  await app.sql`update invitations set revoked_at = null`;
  expect(await accept()).toMatchObject({ email });
});

test("taking an invitation back while it is being accepted leaves either, never both halves", async () => {
  await using app = await testApp();
  const { ada, id, code } = await inviteBy(app, 1);
  const [joined, revoked] = await Promise.all([
    join(app.parts, { code, ...people.grace }),
    ada.delete(`/api/v1/invitations/${id}`),
  ]);
  expect(revoked.status).toBe(204);
  const members = await app.sql`select from users where role = 'member'`;
  expect(members).toHaveLength("refused" in joined ? 0 : 1);
  expect(await usesOf(app)).toEqual([members.length]);
});

test("the list shows what can still be accepted, newest first, without links", async () => {
  await using app = await testApp();
  const { ada, code } = await inviteBy(app, 1);
  const wish = { usesMax: 3, expiresInHours: 1 };
  const made = [
    await ada.post("/api/v1/invitations", wish),
    await ada.post("/api/v1/invitations", wish),
  ];
  await join(app.parts, { code, ...people.grace });
  const { json } = await ada.get("/api/v1/invitations");
  expect(json.invitations.map(({ id }: { id: number }) => id)).toEqual(
    made.map((answer) => answer.json.id).toReversed(),
  );
  expect(json.invitations[0]).toEqual({
    id: made[1]!.json.id,
    usesMax: 3,
    uses: 0,
    createdAt: new Date(app.clock.nowMs).toISOString(),
    expiresAt: new Date(app.clock.nowMs + hourMs).toISOString(),
    createdBy: people.ada.name,
  });
  app.clock.nowMs += hourMs;
  expect((await ada.refresh()).status).toBe(200);
  expect((await ada.get("/api/v1/invitations")).json).toEqual({ invitations: [] });
});

test("an invitation is for 1 to 1,000 people and 1 to 720 hours", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const statusOf = async (usesMax: unknown, expiresInHours: unknown) =>
    (await ada.post("/api/v1/invitations", { usesMax, expiresInHours })).status;

  expect(await statusOf(1, 1)).toBe(201);
  expect(await statusOf(1_000, 720)).toBe(201);
  expect(await statusOf(0, 1)).toBe(422);
  expect(await statusOf(1_001, 1)).toBe(422);
  expect(await statusOf(1, 0)).toBe(422);
  expect(await statusOf(1, 721)).toBe(422);
  expect(await statusOf(1.5, 1)).toBe(422);
  expect(await statusOf("1", 1)).toBe(422);
});

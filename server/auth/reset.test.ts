import { expect, test } from "bun:test";
import { resetPassword } from "../store/one-time-code.ts";
import { codeOf, ownOrigin, testApp } from "../test/app.ts";
import { people } from "../test/people.ts";
import { hashCode } from "./code.ts";
import { join } from "./invitation.ts";
import { newSession } from "./refresh-token.ts";
import { reset, resetHours, resetLink } from "./reset.ts";
import { setupLink } from "./setup.ts";

const password = "analytical-engine-no-2";

test("a reset link sets a new password once, ends every session and begins one", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const { sessionId } = await ada.access(app.tokens);
  const link = await resetLink(app.parts, people.ada.email, ownOrigin);
  expect(link).toStartWith(`${ownOrigin}/reset#code=`);

  const other = app.browser();
  const form = { code: codeOf(link!), password };
  expect(await other.post("/api/v1/password/reset", form)).toMatchObject({
    status: 201,
    json: { user: { email: people.ada.email, role: "owner" } },
  });
  expect(app.ended).toEqual([sessionId]);
  expect(await ada.refresh()).toMatchObject({ status: 401 });
  expect(await other.refresh()).toMatchObject({ status: 200 });
  expect(await app.browser().post("/api/v1/session", people.ada)).toMatchObject({ status: 401 });
  const { email } = people.ada;
  expect(await app.browser().post("/api/v1/session", { email, password })).toMatchObject({
    status: 201,
  });
  expect(await other.post("/api/v1/password/reset", form)).toMatchObject({ status: 410 });
});

test("of two who use a reset link at once exactly one sets the password", async () => {
  await using app = await testApp();
  await app.owner();
  const code = codeOf((await resetLink(app.parts, people.ada.email, ownOrigin))!);
  const outcomes = await Promise.all([
    reset(app.parts, { code, password }),
    reset(app.parts, { code, password: people.grace.password }),
  ]);
  expect(outcomes.filter((outcome) => "refused" in outcome)).toEqual([{ refused: "link_invalid" }]);
});

test("a reset link is good for a day, and a newer one replaces it", async () => {
  await using app = await testApp();
  await app.owner();
  const { email } = people.ada;
  const old = codeOf((await resetLink(app.parts, email, ownOrigin))!);
  const code = codeOf((await resetLink(app.parts, email, ownOrigin))!);
  expect(await reset(app.parts, { code: old, password })).toEqual({ refused: "link_invalid" });
  app.clock.nowMs += resetHours * 60 * 60 * 1000;
  expect(await reset(app.parts, { code, password })).toEqual({ refused: "link_invalid" });
  app.clock.nowMs -= 1;
  expect(await reset(app.parts, { code, password })).not.toHaveProperty("refused");
});

test("a reset link that expired while the password was hashed is worthless", async () => {
  await using app = await testApp();
  await app.owner();
  const code = codeOf((await resetLink(app.parts, people.ada.email, ownOrigin))!);
  const { session } = newSession(app.clock.nowMs + resetHours * 60 * 60 * 1000);
  expect(await resetPassword(app.sql, hashCode(code), "hash", session)).toBe("link_invalid");
});

test("there is no link for an unknown address or a deactivated person, and none works after deactivation", async () => {
  await using app = await testApp();
  await app.owner();
  expect(await resetLink(app.parts, people.grace.email, ownOrigin)).toBeUndefined();
  const code = codeOf((await resetLink(app.parts, people.ada.email, ownOrigin))!);
  await app.sql`update users set active = false`;
  expect(await resetLink(app.parts, people.ada.email, ownOrigin)).toBeUndefined();
  expect(await reset(app.parts, { code, password })).toEqual({ refused: "link_invalid" });
});

test("a code of one kind is good for nothing else", async () => {
  await using app = await testApp();
  const setupCode = codeOf((await setupLink(app.sql, ownOrigin))!);
  expect(await reset(app.parts, { code: setupCode, password })).toEqual({
    refused: "link_invalid",
  });
  await app.owner();
  const resetCode = codeOf((await resetLink(app.parts, people.ada.email, ownOrigin))!);
  expect(await join(app.parts, { code: resetCode, ...people.grace })).toEqual({
    refused: "link_invalid",
  });
});

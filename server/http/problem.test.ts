import { expect, test } from "bun:test";
import { Hono } from "hono";
import { type RefusalCode, refusalCodes, refusals } from "#wire/codes.ts";
import { attemptLimits } from "../auth/attempts.ts";
import { createPasswords } from "../auth/password.ts";
import { setupLink } from "../auth/setup.ts";
import { openDatabase } from "../store/database.ts";
import { codeOf, ownOrigin, testApp, type Answer, type TestApp } from "../test/app.ts";
import { people } from "../test/people.ts";
import { streamLimits } from "./streams.ts";
import { ownProblems, Problem, problems, refused } from "./problem.ts";

const { ada, grace } = people;
const minuteMs = 60_000;

async function setUpWith(app: TestApp, fields: Record<string, unknown>): Promise<Answer> {
  const code = codeOf((await setupLink(app.sql, ownOrigin))!);
  return await app.browser().post("/api/v1/setup", { code, ...ada, ...fields });
}

/** For each code the situation in which a caller meets it. A code without one does not compile. */
const situations: { [Code in keyof typeof ownProblems]: (app: TestApp) => Promise<Answer> } = {
  body_not_json: async (app) => await app.browser().call("POST", "/api/v1/session", "{"),
  input_invalid: async (app) => await app.browser().post("/api/v1/session", { email: ada.email }),
  name_invalid: async (app) => await setUpWith(app, { name: " " }),
  email_invalid: async (app) => await setUpWith(app, { email: "ada" }),
  password_too_short: async (app) => await setUpWith(app, { password: "123456789" }),
  password_too_long: async (app) => await setUpWith(app, { password: "x".repeat(1_025) }),
  body_too_large: async (app) =>
    await app.browser().post("/api/v1/session", { ...ada, more: "x".repeat(16 * 1024) }),
  origin_forbidden: async (app) => {
    const browser = app.browser();
    browser.headers = { origin: "https://evil.example" };
    return await browser.post("/api/v1/session", ada);
  },
  token_invalid: async (app) => await app.browser().get("/api/v1/invitations"),
  token_expired: async (app) => {
    const owner = await app.owner();
    app.clock.nowMs += 10 * minuteMs;
    return await owner.get("/api/v1/invitations");
  },
  session_ended: async (app) => {
    const browser = app.browser();
    browser.cookie = "of-nobody";
    return await browser.refresh();
  },
  keys_unavailable: async () => {
    await using app = await testApp({ admit: async () => ({ refused: "keys_unavailable" }) });
    const browser = app.browser();
    browser.headers = { authorization: "Bearer of.a.host" };
    return await browser.get("/api/v1/invitations");
  },
  ticket_invalid: async (app) => await app.browser().get("/api/v1/stream/events?ticket=of-nobody"),
  stream_gone: async (app) => await app.browser().post("/api/v1/stream/of-nobody/1", []),
  too_far_ahead: async (app) => {
    const { id } = app.parts.streams.open("192.0.2.1", (frame) => frame);
    return await app.browser().post(`/api/v1/stream/${id}/${streamLimits.aheadMax + 1}`, []);
  },
  wrong_credentials: async (app) => await app.browser().post("/api/v1/session", ada),
  account_inactive: async (app) => {
    await app.owner();
    await app.sql`update users set active = false`;
    return await app.browser().post("/api/v1/session", ada);
  },
  role_too_low: async (app) => {
    const member = await app.member(await app.owner(), grace);
    return await member.get("/api/v1/invitations");
  },
  owner_only: async (app) => {
    const member = await app.member(await app.owner(), grace);
    return await member.post("/api/v1/demo");
  },
  demo_loaded: async (app) => {
    const owner = await app.owner();
    await owner.post("/api/v1/demo");
    return await owner.post("/api/v1/demo");
  },
  already_set_up: async (app) => {
    await app.owner();
    return await app.browser().post("/api/v1/setup", { code: "any", ...grace });
  },
  email_taken: async (app) => {
    const owner = await app.owner();
    const wish = { usesMax: 1, expiresInHours: 1 };
    const { json } = await owner.post("/api/v1/invitations", wish);
    const form = { code: codeOf(json.link), ...ada };
    return await app.browser().post("/api/v1/invitations/accept", form);
  },
  link_invalid: async (app) =>
    await app.browser().post("/api/v1/invitations/look", { code: "any" }),
  too_many_attempts: async (app) => {
    const browser = app.browser();
    for (let count = 0; count < attemptLimits.signInsByAddress.points; count += 1) {
      await browser.post("/api/v1/session", ada);
    }
    return await browser.post("/api/v1/session", ada);
  },
  not_found: async (app) => await app.browser().get("/api/v1/nothing"),
  busy: async () => {
    await using app = await testApp({
      passwords: createPasswords({ atOnceMax: 1, waitingMax: 0 }),
    });
    const answers = await Promise.all(
      [1, 2, 3].map(async () => await app.browser().post("/api/v1/session", ada)),
    );
    return answers.find(({ status }) => status === 503)!;
  },
  unavailable: async () => {
    await using app = await testApp({
      sql: openDatabase({ url: "postgres://nobody@127.0.0.1:1/nothing" }),
    });
    return await app.browser().get("/api/v1/instance");
  },
  unexpected: async (app) => {
    await app.sql`alter table users rename to people`;
    return await app.browser().get("/api/v1/instance");
  },
};

for (const code of Object.keys(ownProblems) as (keyof typeof ownProblems)[]) {
  test(`the problem ${code} is met, and says what helps`, async () => {
    await using app = await testApp();
    const { status, headers, json } = await situations[code](app);
    expect(json.code).toBe(code);
    expect(status).toBe(problems[code].status);
    expect(headers.get("content-type")).toBe("application/problem+json");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("x-request-id")).toMatch(/^[\da-f-]{36}$/);
    expect(Problem.strict().safeParse(json).error).toBeUndefined();
    expect(json).toMatchObject({ status, title: problems[code].sentence });
  });
}

test("a problem with a field names it", async () => {
  await using app = await testApp();
  const fieldOf = async (fields: Record<string, unknown>) =>
    (await setUpWith(app, fields)).json.field;
  expect(await fieldOf({ name: "" })).toBe("name");
  expect(await fieldOf({ email: "" })).toBe("email");
  expect(await fieldOf({ password: "" })).toBe("password");
  expect(await fieldOf({ code: "" })).toBe("code");
});

test("who has to wait is told for how long", async () => {
  await using app = await testApp();
  const { headers } = await situations.too_many_attempts(app);
  expect(Number(headers.get("retry-after"))).toBeGreaterThan(60);
  const { headers: ofBusy } = await situations.busy(app);
  expect(Number(ofBusy.get("retry-after"))).toBeGreaterThan(0);
});

test("S8: a refusal that is worth asking again says when, whatever was too much", async () => {
  const refusing = refusalCodes.filter((code) => code in problems);
  const app = new Hono().get("/:code/:ms?", (c) => {
    const { code, ms } = c.req.param();
    return refused(c, { refused: code as RefusalCode, ...(ms && { retryAfterMs: Number(ms) }) });
  });
  const told = async (path: string) => (await app.request(path)).headers.get("retry-after");
  const without = await Promise.all(refusing.map((code) => told(`/${code}`)));
  expect(without).toEqual(refusing.map((code) => (refusals[code].client === "retry" ? "1" : null)));
  expect(await told("/slow_down/1001")).toBe("2");
});

test("every sentence is one, and every remedy too", () => {
  for (const { sentence, remedy } of Object.values(problems)) {
    expect(sentence).toMatch(/^[A-Z].*\.$/);
    expect(remedy).toMatch(/\.$/);
  }
});

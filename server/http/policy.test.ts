import { expect, test } from "bun:test";
import { testApp, type TestApp } from "../test/app.ts";
import { people } from "../test/people.ts";
import { policy } from "./policy.ts";

const rules = Object.entries(policy);

/** What a member is answered where they may not. */
const turnedAway: Record<string, string> = { admin: "403 role_too_low", owner: "403 owner_only" };

/** Every route that answers, as `METHOD /path`; what stands on ALL methods is no route. */
function routesOf(app: TestApp): string[] {
  const names = app.routes.routes
    .filter(({ method }) => method !== "ALL")
    .map(({ method, path }) => `${method} ${path}`);
  return [...new Set(names)];
}

/** An address of the route, with no more in it than the policy looks at. */
function callOf(name: string): [method: string, path: string] {
  const [method = "", path = ""] = name.split(" ");
  return [method, path.replace(":id", "1").replace("/*", "/some/page")];
}

test("every route has its rule, and every rule a route", async () => {
  await using app = await testApp();
  expect(routesOf(app).sort()).toEqual(Object.keys(policy).sort());
});

test("nothing but what looks at each request stands on all methods", async () => {
  await using app = await testApp();
  const everywhere = app.routes.routes.filter(({ method }) => method === "ALL");
  expect(new Set(everywhere.map(({ path }) => path))).toEqual(new Set(["/*", "/api/*", "/kit/*"]));
});

test("S13: every route that changes something turns pages of other sites away", () => {
  const open = rules.filter(([name, { origin }]) => !name.startsWith("GET ") && origin === "any");
  expect(open).toEqual([]);
});

test("the wrong caller is turned away from every route, by rule", async () => {
  await using app = await testApp();
  const owner = await app.owner();
  const member = await app.member(owner, people.grace);
  member.cookie = ""; // Else the walk itself signs out.
  const seen: Record<string, unknown> = {};
  const expected: Record<string, unknown> = {};
  for (const [name, { caller, origin }] of rules) {
    const [method, path] = callOf(name);
    const foreign = app.browser();
    foreign.headers = { origin: "https://evil.example" };
    const codes = await Promise.all(
      [foreign, app.browser(), member].map(async (browser) => {
        const { status, json } = await browser.call(method, path);
        return /^(origin_forbidden|token_invalid|role_too_low|owner_only)$/.test(json.code)
          ? `${status} ${json.code}`
          : "let in";
      }),
    );
    seen[name] = codes;
    const stranger = caller === "anyone" ? "let in" : "401 token_invalid";
    expected[name] = [
      origin !== "any" ? "403 origin_forbidden" : stranger,
      stranger,
      turnedAway[caller] ?? "let in",
    ];
  }
  expect(seen).toEqual(expected);
});

test("an administrator is let in where the owner is", async () => {
  await using app = await testApp();
  const member = await app.member(await app.owner(), people.grace);
  await app.sql`update users set role = 'admin' where email = ${people.grace.email}`;
  expect(await member.get("/api/v1/invitations")).toMatchObject({ status: 200 });
});

test("B37: an administrator is turned away where only the owner is let in", async () => {
  await using app = await testApp();
  const owner = await app.owner();
  const member = await app.member(owner, people.grace);
  await app.sql`update users set role = 'admin' where email = ${people.grace.email}`;
  const { id } = (await member.get("/api/v1/account")).json;
  const answers = [
    await member.get("/api/v1/demo"),
    await member.post("/api/v1/demo"),
    await member.post(`/api/v1/demo/people/${id}/link`),
    await member.delete("/api/v1/demo"),
  ];
  expect(answers.map(({ json }) => json.code)).toEqual(answers.map(() => "owner_only"));
  expect(await owner.get("/api/v1/demo")).toMatchObject({ status: 200 });
});

test("HEAD asks for the same as GET", async () => {
  await using app = await testApp();
  expect(await app.browser().call("HEAD", "/api/v1/invitations")).toMatchObject({ status: 401 });
  const owner = await app.owner();
  expect(await owner.call("HEAD", "/api/v1/invitations")).toMatchObject({ status: 200 });
});

test("a route without a rule answers nobody", async () => {
  await using app = await testApp();
  let asked = false;
  app.routes.put("/forgotten", (c) => {
    asked = true;
    return c.text("open to all");
  });
  const owner = await app.owner();
  expect(await owner.call("PUT", "/forgotten")).toMatchObject({ status: 500 });
  expect(asked).toBe(false);
});

test("S1: a signed token is not enough: the user must be active and the session open", async () => {
  await using app = await testApp();
  const owner = await app.owner();
  const { userId, sessionId } = await owner.access(app.tokens);
  const list = async () => await owner.get("/api/v1/invitations");
  expect(await list()).toMatchObject({ status: 200 });

  await app.sql`update users set active = false where id = ${userId}`;
  expect(await list()).toMatchObject({ status: 403, json: { code: "account_inactive" } });
  await app.sql`update users set active = true where id = ${userId}`;
  await app.sql`update sessions set ended_at = now() where id = ${sessionId}`;
  expect(await list()).toMatchObject({ status: 401, json: { code: "session_ended" } });
});

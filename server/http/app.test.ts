import { expect, test } from "bun:test";
import { setupLink } from "../auth/setup.ts";
import { codeOf, ownOrigin, testApp } from "../test/app.ts";
import { people } from "../test/people.ts";
import { createApp } from "./app.ts";

test("the first minutes: set up, invite, accept, sign in", async () => {
  await using app = await testApp();
  const ada = app.browser();
  expect((await ada.get("/api/v1/instance")).json).toEqual({
    name: "Parley",
    version: "0.0.0-test",
    setUp: false,
  });
  const code = codeOf((await setupLink(app.sql, ownOrigin))!);
  const signed = await ada.post("/api/v1/setup", { code, ...people.ada });
  expect(signed).toMatchObject({
    status: 201,
    json: {
      expiresAt: new Date(app.clock.nowMs + 10 * 60_000).toISOString(),
      user: { name: people.ada.name, email: people.ada.email, role: "owner" },
    },
  });
  expect(Object.keys(signed.json).sort()).toEqual(["accessToken", "expiresAt", "user"]);
  expect(Object.keys(signed.json.user).sort()).toEqual(["email", "id", "name", "role"]);
  expect((await ada.get("/api/v1/instance")).json.setUp).toBe(true);

  const wish = { usesMax: 2, expiresInHours: 48 };
  const { json: invitation } = await ada.post("/api/v1/invitations", wish);
  const grace = app.browser();
  const coded = { code: codeOf(invitation.link) };
  expect((await grace.post("/api/v1/invitations/look", coded)).json).toEqual({
    invitedBy: people.ada.name,
    instance: "Parley",
  });
  expect(
    await grace.post("/api/v1/invitations/accept", { ...coded, ...people.grace }),
  ).toMatchObject({ status: 201, json: { user: { role: "member" } } });
  const { email, password } = people.grace;
  const again = { email: ` ${email.toUpperCase()} `, password };
  expect(await app.browser().post("/api/v1/session", again)).toMatchObject({ status: 201 });
});

test("S13: the refresh token is in a cookie that no script and no other site sees", async () => {
  await using app = await testApp();
  await app.owner();
  const { headers, json } = await app.browser().post("/api/v1/session", people.ada);
  const cookie = headers.get("set-cookie")!;
  expect(cookie.split("; ").sort()).toEqual([
    "HttpOnly",
    "Max-Age=2592000",
    "Path=/api/v1/session",
    "SameSite=Lax",
    expect.stringMatching(/^parley_refresh=[\w-]{64}$/),
  ]);
  expect(JSON.stringify(json)).not.toContain(cookie.split(";")[0]!.split("=")[1]!);
});

test("S13: a visitor who asks to go on is nobody, which is no mistake; one with a dead cookie is refused and loses it", async () => {
  await using app = await testApp();
  const visitor = app.browser();
  expect(await visitor.refresh()).toMatchObject({ status: 204, json: "" });
  visitor.cookie = "of-nobody";
  expect(await visitor.refresh()).toMatchObject({ status: 401, json: { code: "session_ended" } });
  expect(visitor.cookie).toBe("");
});

test("S13: over https the cookie is Secure, and browsers are told to stay there", async () => {
  const origin = "https://chat.example.org";
  await using app = await testApp({
    config: {
      trustedProxies: ["192.0.2.80"],
      clientDir: "/nowhere",
      publicUrl: `${origin}/tools`,
      corsOrigins: [],
    },
  });
  await app.owner();
  const signIn = async (address: string, headers: Record<string, string>) => {
    const browser = app.browser(address);
    browser.headers = headers;
    return (await browser.post("/api/v1/session", people.ada)).headers;
  };
  const byProxy = await signIn("192.0.2.80", { "x-forwarded-proto": "https" });
  expect(byProxy.get("set-cookie")).toContain("; Secure");
  expect(byProxy.get("strict-transport-security")).toStartWith("max-age=");
  const byOrigin = await signIn("203.0.113.7", { origin });
  expect(byOrigin.get("set-cookie")).toContain("; Secure");
  const byLan = await signIn("203.0.113.7", { "x-forwarded-proto": "https" });
  expect(byLan.get("set-cookie")).not.toContain("Secure");
  expect(byLan.has("strict-transport-security")).toBe(false);
  // A page that comes by https without a word of a trusted proxy keeps what only https allows.
  expect((await app.browser().get("/livez")).headers.get("cross-origin-opener-policy")).toBe(
    "same-origin",
  );
});

test("a link begins with PUBLIC_URL, or with the address that its maker uses", async () => {
  const wish = { usesMax: 1, expiresInHours: 1 };
  await using app = await testApp();
  const ada = await app.owner();
  const { json } = await ada.post("/api/v1/invitations", wish);
  expect(json.link).toStartWith(`${ownOrigin}/invite#code=`);

  const publicUrl = "https://chat.example.org";
  await using published = await testApp({
    config: { trustedProxies: [], clientDir: "/nowhere", publicUrl, corsOrigins: [] },
  });
  const owner = await published.owner();
  const made = await owner.post("/api/v1/invitations", wish);
  expect(made.json.link).toStartWith(`${publicUrl}/invite#code=`);
});

test("S14: sign-ins are limited by the client's address, which nobody can forge", async () => {
  await using app = await testApp();
  const guess = async (count: number) => {
    const browser = app.browser("203.0.113.7");
    browser.headers = { "x-forwarded-for": `198.51.100.${count}` };
    return (await browser.post("/api/v1/session", people.ada)).status;
  };
  const statuses: number[] = [];
  for (let count = 0; count < 21; count += 1) statuses.push(await guess(count));
  expect(new Set(statuses.slice(0, 20))).toEqual(new Set([401]));
  expect(statuses[20]).toBe(429);
});

test("an unknown address and a wrong password get the same answer", async () => {
  await using app = await testApp();
  await app.owner();
  const known = { email: people.ada.email, password: "not-her-password" };
  const unknown = { email: people.grace.email, password: "not-her-password" };
  const one = await app.browser().post("/api/v1/session", known);
  const two = await app.browser().post("/api/v1/session", unknown);
  expect(one.json).toEqual(two.json);
  expect([...one.headers.keys()]).toEqual([...two.headers.keys()]);
});

test("S12: what looks like SQL is text, in every field", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const hostile = `'; drop table users; -- " \\' $1 %s {{7*7}}`;
  const { json } = await ada.post("/api/v1/invitations", { usesMax: 1, expiresInHours: 1 });
  const form = { code: codeOf(json.link), name: hostile, email: people.grace.email };
  const grace = app.browser();
  expect(
    await grace.post("/api/v1/invitations/accept", { ...form, password: hostile }),
  ).toMatchObject({ status: 201, json: { user: { name: hostile } } });

  const email = "o'--drop@parley.test";
  for (const [path, body] of [
    ["/api/v1/session", { email, password: hostile }],
    ["/api/v1/session", { email: `x' or '1'='1`, password: hostile }],
    ["/api/v1/invitations/look", { code: hostile }],
    ["/api/v1/invitations/accept", { ...form, code: hostile, password: hostile }],
    ["/api/v1/password/reset", { code: hostile, password: hostile }],
  ] as const) {
    const { status } = await app.browser().post(path, body);
    expect([401, 410, 422]).toContain(status);
  }
  for (const id of ["1;drop", "1 or 1=1", "0", "-1", "1e99", "%27", "9007199254740993"]) {
    expect(await ada.delete(`/api/v1/invitations/${id}`)).toMatchObject({ status: 422 });
  }
  expect(await app.sql`select from users`).toHaveLength(2);
});

test("a body may have 16 KiB and not a byte more", async () => {
  await using app = await testApp();
  const statusOf = async (bytes: number) => {
    const empty = JSON.stringify({ code: "any", more: "" });
    const body = JSON.stringify({ code: "any", more: "x".repeat(bytes - empty.length) });
    return (await app.browser().call("POST", "/api/v1/invitations/look", body)).status;
  };
  expect(await statusOf(16 * 1024)).toBe(410);
  expect(await statusOf(16 * 1024 + 1)).toBe(413);
});

test("a form that is not sent as JSON is not read", async () => {
  await using app = await testApp();
  await app.owner();
  const browser = app.browser();
  browser.headers = { "content-type": "text/plain" };
  expect(await browser.post("/api/v1/session", people.ada)).toMatchObject({
    status: 400,
    json: { code: "body_not_json" },
  });
});

test("every answer keeps a browser to this server: no inline script, no eval, no frame", async () => {
  await using app = await testApp();
  for (const path of ["/", "/api/v1/instance", "/api/v1/nothing", "/livez"]) {
    const { headers } = await app.browser().get(path);
    const contentPolicy = headers.get("content-security-policy")!;
    expect(contentPolicy).toStartWith("default-src 'self';");
    expect(contentPolicy).not.toMatch(/unsafe-|\*|https?:|script-src|style-src/);
    expect(contentPolicy).toContain("connect-src 'self' ws://parley.test wss://parley.test;");
    expect(contentPolicy).toContain("frame-ancestors 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
  }
});

test("a strange host does not get into the policy of the page", async () => {
  await using app = await testApp();
  const browser = app.browser();
  browser.headers = { host: "evil.example; script-src *" };
  const { headers } = await browser.get("/livez");
  expect(headers.get("content-security-policy")).not.toContain("evil");
});

test("D8 R36: alive is who answers; ready is who has a database and does not drain", async () => {
  let draining = false;
  await using app = await testApp({ isDraining: () => draining });
  const statusOf = async (path: string) => (await app.browser().get(path)).status;
  expect(await statusOf("/livez")).toBe(200);
  expect(await statusOf("/healthz")).toBe(200);
  expect(await statusOf("/readyz")).toBe(200);
  draining = true;
  expect(await statusOf("/readyz")).toBe(503);
  expect(await statusOf("/livez")).toBe(200);
  draining = false;
  await app.sql.end();
  expect(await statusOf("/readyz")).toBe(503);
  expect(await statusOf("/livez")).toBe(200);
});

test("/openapi.json describes every route of the API and how to be let in", async () => {
  await using app = await testApp();
  const { json } = await app.browser().get("/openapi.json");
  const described = Object.entries<object>(json.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
  const registered = app.routes.routes
    .filter(({ method, path }) => method !== "ALL" && path.startsWith("/api/"))
    .map(({ method, path }) => `${method} ${path.replace(/:(\w+)/g, "{$1}")}`);
  expect(described.sort()).toEqual([...new Set(registered)].sort());
  expect(json.components.securitySchemes.accessToken).toMatchObject({ scheme: "bearer" });
});

test("no secret is ever logged, also where something fails", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  const secrets = [people.ada.password, ada.accessToken, ada.cookie];
  const { json } = await ada.post("/api/v1/invitations", { usesMax: 1, expiresInHours: 1 });
  const code = codeOf(json.link);
  await app.browser().post("/api/v1/invitations/accept", { code, ...people.ada });
  await app.browser().post("/api/v1/session", people.ada);
  await ada.refresh();
  secrets.push(code, ada.accessToken, ada.cookie);

  await app.sql`alter table sessions rename to elsewhere`;
  expect(await ada.refresh()).toMatchObject({ status: 500 });
  const failing = app.browser();
  expect(await failing.post("/api/v1/session", people.ada)).toMatchObject({ status: 500 });
  expect(app.logged.length).toBeGreaterThan(8);
  expect(app.logged.some((line) => line.includes("a request failed"))).toBe(true);
  for (const secret of secrets) {
    expect(secret).not.toBe("");
    expect(app.logged.filter((line) => line.includes(secret))).toEqual([]);
  }
  expect(app.logged.filter((line) => line.includes("argon2"))).toEqual([]);
});

test("the app that a worker makes answers with the peer's address in mind", async () => {
  await using app = await testApp();
  const response = await createApp(app.parts).fetch(new Request(`${ownOrigin}/livez`), "192.0.2.1");
  expect(response.status).toBe(200);
});

/** People whom a host application signs in, over sockets and over HTTP. */
import { afterAll, expect, test } from "bun:test";
import { SignJWT } from "jose";
import type { UserId } from "#wire/ids.ts";
import { runUserCommand } from "../../scripts/user.ts";
import { hello } from "./hello.ts";
import { people } from "./people.ts";
import { startServer, type TestServer } from "./start-server.ts";
import { dial, talk } from "./talk.ts";

const hostJwtSecret = "the secret of a host application, long enough";
const host = { hostJwtSecret, hostIssuer: "https://app.example.org", hostAudience: "parley" };
const server = await startServer({
  changes: { ...host, corsOrigins: ["https://app.example.org"] },
});
const trusting = await startServer({ changes: { ...host, hostRolesTrusted: true } });
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await trusting[Symbol.asyncDispose]();
});

/** What a host application does in its own server. */
const tokenOf = (sub: string, claims: Record<string, unknown> = {}): Promise<string> =>
  new SignJWT({ name: `Name of ${sub}`, ...claims })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(sub)
    .setIssuer(host.hostIssuer)
    .setAudience(host.hostAudience)
    .setExpirationTime("10 min")
    .sign(new TextEncoder().encode(hostJwtSecret));

async function greets(at: TestServer, token: string) {
  const socket = await dial(at);
  const reply = await socket.command({ op: "hello", token, epoch: "", streams: [] });
  return { socket, reply };
}

const usersOf = (at: TestServer, hostId: string) =>
  at.sql<{ id: UserId; name: string; role: string; email: string | null }[]>`
    select id, name, role, email from users where host_id = ${hostId}`;

test("S2 C14: an unknown person becomes a user once, also when ten sockets come at once", async () => {
  const token = await tokenOf("ada");
  const all = await Promise.all(Array.from({ length: 10 }, () => greets(server, token)));
  const users = await usersOf(server, "ada");
  expect(users).toMatchObject([{ name: "Name of ada", role: "member", email: null }]);
  for (const { reply } of all) expect(reply).toMatchObject({ op: "welcome", user: users[0]!.id });
  const sessions = await server.sql`select from sessions where user_id = ${users[0]!.id}`;
  expect(sessions).toHaveLength(1);
  for (const { socket } of all) await socket.leaves();
});

test("S2: they talk like everybody, and a newer name of the host's is theirs", async () => {
  const grace = await server.signIn(people.grace);
  const { socket, reply } = await greets(server, await tokenOf("linus"));
  await using linus = socket;
  const { user } = reply as { user: UserId };
  await linus.next("caughtUp");
  const { channel } = await linus.gets("direct", { op: "createDirect", user: grace.id });
  linus.channel = channel;
  await linus.says("hello from the host");
  await using renamed = await dial(server);
  await hello(renamed, { token: await tokenOf("linus", { name: "Linus Torvalds" }) });
  const { people: found } = await renamed.gets("peoplePage", {
    op: "people",
    ids: [user],
    query: "",
    after: null,
  });
  expect(found).toMatchObject([{ name: "Linus Torvalds" }]);
});

test("S2: nobody is above member by the host's word, unless the operator trusts it; and never the owner", async () => {
  const roleOf = async (at: TestServer, sub: string, role: string | undefined) => {
    const { socket, reply } = await greets(at, await tokenOf(sub, { role }));
    expect(reply.op).toBe("welcome");
    await socket.leaves();
    return (await usersOf(at, sub))[0]!.role;
  };
  expect(await roleOf(server, "a", "admin")).toBe("member");
  expect(await roleOf(server, "b", "owner")).toBe("member");
  expect(await roleOf(server, "c", "guest")).toBe("guest");
  expect(await roleOf(server, "d", undefined)).toBe("member");
  expect(await roleOf(trusting, "a", "admin")).toBe("admin");
  expect(await roleOf(trusting, "a", "member")).toBe("member");
  expect(await roleOf(trusting, "b", "owner")).toBe("admin");
  expect(await roleOf(trusting, "b", undefined)).toBe("admin");
  // What this Parley gave stays where the host's roles are not its.
  await server.sql`update users set role = 'admin' where host_id = 'd'`;
  expect(await roleOf(server, "d", "member")).toBe("admin");
});

test("S1 S2: who is deactivated is cut off within a second and stays out; who is activated comes back", async () => {
  const { socket, reply } = await greets(server, await tokenOf("radia"));
  const { user } = reply as { user: UserId };
  const parts = { sql: server.sql, publicUrl: "http://parley.test", now: Date.now };
  const listed = await runUserCommand(["list"], parts);
  expect(listed.lines.join("\n")).toMatch(new RegExp(`#${user}\\s+Name of radia`));
  const since = performance.now();
  expect(await runUserCommand(["deactivate", `#${user}`], parts)).toMatchObject({ exitCode: 0 });
  expect((await socket.closed).reason).toBe("session_ended");
  expect(performance.now() - since).toBeLessThan(1_000);
  const again = await greets(server, await tokenOf("radia"));
  expect(again.reply).toMatchObject({ code: "user_inactive" });
  const headers = { authorization: `Bearer ${await tokenOf("radia")}` };
  const answer = await fetch(`${server.url}/api/v1/invitations`, { headers });
  expect([answer.status, (await answer.json()).code]).toEqual([403, "account_inactive"]);
  await runUserCommand(["activate", `#${user}`], parts);
  const back = await greets(server, await tokenOf("radia"));
  expect(back.reply).toMatchObject({ op: "welcome", user });
  await back.socket.leaves();
});

test("S2 S3: the same token speaks over HTTP, and this server's own and the host's are never confused", async () => {
  const call = async (at: TestServer, token: string) => {
    const headers = { authorization: `Bearer ${token}` };
    const answer = await fetch(`${at.url}/api/v1/invitations`, { headers });
    return [answer.status, ((await answer.json()) as { code?: string }).code];
  };
  expect(await call(server, await tokenOf("edsger"))).toEqual([403, "role_too_low"]);
  expect(await call(trusting, await tokenOf("edsger", { role: "admin" }))).toEqual([
    200,
    undefined,
  ]);
  expect(await call(server, await tokenOf("edsger", { iss: "parley" }))).toEqual([
    403,
    "role_too_low",
  ]);
  const forged = await new SignJWT({ sid: crypto.randomUUID(), name: "Ada" })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject("1")
    .setIssuer("parley")
    .setAudience("parley")
    .setExpirationTime("10 min")
    .sign(new TextEncoder().encode(hostJwtSecret));
  expect(await call(server, forged)).toEqual([401, "token_invalid"]);
});

test("S2: a socket goes on with a newer token of the same person, and of nobody else", async () => {
  await using socket = await talk(server, people.ada);
  const other = await socket.command({ op: "renew", token: await tokenOf("somebody") });
  expect(other).toMatchObject({ code: "token_invalid" });
  const { socket: hosts } = await greets(server, await tokenOf("katherine"));
  await hosts.gets("done", { op: "renew", token: await tokenOf("katherine") });
  await hosts.leaves();
});

test("S9: a page that the operator named calls with a token and opens sockets; another one does neither, and cookies stay at home", async () => {
  const authorization = `Bearer ${await tokenOf("alan")}`;
  const asks = (origin: string, init: RequestInit & { path?: string } = {}) =>
    fetch(`${server.url}${init.path ?? "/api/v1/invitations"}`, {
      ...init,
      headers: { ...(init.headers as Record<string, string>), origin },
    });
  const named = await asks("https://app.example.org", { headers: { authorization } });
  expect([named.status, named.headers.get("access-control-allow-origin")]).toEqual([
    403,
    "https://app.example.org",
  ]);
  expect(((await named.json()) as { code: string }).code).toBe("role_too_low");
  expect(named.headers.get("access-control-allow-credentials")).toBeNull();
  const foreign = await asks("https://evil.example", { headers: { authorization } });
  expect(((await foreign.json()) as { code: string }).code).toBe("origin_forbidden");
  expect(foreign.headers.get("access-control-allow-origin")).toBeNull();
  const preflight = await asks("https://app.example.org", {
    method: "OPTIONS",
    headers: {
      "access-control-request-method": "POST",
      "access-control-request-headers": "authorization",
    },
  });
  expect(preflight.status).toBe(204);
  expect(preflight.headers.get("access-control-allow-headers")).toContain("authorization");
  const cookie = await asks("https://app.example.org", {
    method: "POST",
    path: "/api/v1/session/refresh",
  });
  expect(((await cookie.json()) as { code: string }).code).toBe("origin_forbidden");
  const opens = (origin: string) =>
    fetch(`${server.url}/ws`, {
      headers: {
        origin,
        connection: "upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "AQIDBAUGBwgJCgsMDQ4PEA==",
        "sec-websocket-protocol": "parley.v1",
      },
    }).then(({ status }) => status);
  expect(await opens("https://evil.example")).toBe(403);
  expect(await opens("https://app.example.org")).not.toBe(403);
});

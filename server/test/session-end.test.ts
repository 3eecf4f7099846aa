import { expect, test } from "bun:test";
import { closes } from "#wire/codes.ts";
import { writeActive } from "../store/account.ts";
import { people } from "./people.ts";
import { startServer } from "./start-server.ts";
import { dial, talk } from "./talk.ts";

const { session_ended: ended, user_inactive: inactive } = closes;

test("S1: who is deactivated elsewhere loses every socket, and nobody else does", async () => {
  await using server = await startServer();
  await using laptop = await talk(server, people.grace);
  await using phone = await talk(server, people.grace);
  await using ada = await talk(server, people.ada, "lobby");
  expect(await writeActive(server.sql, people.grace.email, false, new Date())).toBe(true);
  expect(await laptop.closed).toMatchObject({ code: ended.number });
  expect(await phone.closed).toMatchObject({ code: ended.number });
  expect(await ada.says("still here")).toBeGreaterThan(0);
});

test("S1: a token that outlives its session greets nobody", async () => {
  await using server = await startServer();
  const grace = await server.signIn(people.grace);
  await writeActive(server.sql, people.grace.email, false, new Date());
  await using late = await dial(server);
  const hello = { op: "hello" as const, token: grace.token, epoch: "", streams: [] };
  expect(await late.command(hello)).toMatchObject({ op: "refusal", code: "user_inactive" });
  expect(await late.closed).toMatchObject({ code: inactive.number });
});

test("S1: signing out closes the sockets of that session, not of another device", async () => {
  await using server = await startServer();
  const { email, name, password } = people.ada;
  const passwordHash = await Bun.password.hash(password, { algorithm: "argon2id", timeCost: 1 });
  await server.sql`
    insert into users (name, email, password_hash) values (${name}, ${email}, ${passwordHash})`;
  const signedIn = await fetch(`${server.url}/api/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ email, password }),
  });
  const { accessToken, user } = (await signedIn.json()) as {
    accessToken: string;
    user: { id: number };
  };
  const other = await server.signIn(people.ada);
  expect(user.id).toBe(other.id);
  await using here = await talk(server, { ...other, token: accessToken });
  await using elsewhere = await talk(server, other, "lobby");

  const cookie = signedIn.headers.get("set-cookie")!.split(";")[0]!;
  const signedOut = await fetch(`${server.url}/api/v1/session`, {
    method: "DELETE",
    headers: { cookie },
  });
  expect(signedOut.status).toBe(204);
  expect(await here.closed).toMatchObject({ code: ended.number });
  expect(await elsewhere.says("still here")).toBeGreaterThan(0);
});

test("B17: what is sent in a session that has ended is not stored, also before its socket is closed", async () => {
  await using server = await startServer();
  await using ada = await talk(server, people.ada, "lobby");
  await ada.says("before");
  // Without a word to the workers: what stands in the table decides.
  await server.sql`update sessions set ended_at = now() where id = ${ada.me!.sessionId}`;
  const drafts = [{ clientMessageId: crypto.randomUUID(), body: "after", rootSeq: null }];
  const { fates } = await ada.gets("sent", { op: "send", channel: ada.channel, drafts });
  expect(fates).toMatchObject([{ seq: 0, code: "token_invalid" }]);
  const stored = await server.sql`select body from messages where channel_id = ${ada.channel}`;
  expect(stored.map(({ body }) => body)).toEqual(["before"]);
});

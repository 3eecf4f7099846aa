/** Lists over HTTP, and what they ask of PostgreSQL. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { policy } from "../http/policy.ts";
import { type Browser, testApp, type TestApp } from "./app.ts";
import { addChannel, addUsers, fillChannels } from "./channels.ts";
import { chatParts } from "./chat-parts.ts";
import { testDatabase, type TestDatabase } from "./database.ts";
import { accountsOn } from "./start-server.ts";
import { people } from "./people.ts";
import { type PlanReader, readPlans } from "./plans.ts";

/** Every GET that answers with as many rows as there are, and where it finds them. */
const lists = (channel: ChannelId): Record<string, string> => ({
  "GET /api/v1/invitations": "/invitations",
  "GET /api/v1/sessions": "/sessions",
  "GET /api/v1/users": "/users",
  "GET /api/v1/users/online": "/users/online",
  "GET /api/v1/unread": "/unread",
  "GET /api/v1/channels": "/channels",
  "GET /api/v1/channels/:channel/members": `/channels/${channel}/members`,
  "GET /api/v1/channels/:channel/messages": `/channels/${channel}/messages`,
  "GET /api/v1/channels/:channel/messages/:seq/receipts": `/channels/${channel}/messages/1/receipts`,
});

/** Those that answer with one thing. */
const single = [
  "GET /api/v1/account",
  "GET /api/v1/account/profile",
  "GET /api/v1/channels/:channel",
  "GET /api/v1/channels/:channel/messages/:seq",
  "GET /api/v1/demo",
  "GET /api/v1/users/:user",
  "GET /api/v1/users/:user/presence",
];

let database: TestDatabase;
let reader: PlanReader;
let app: TestApp;
let ada: Browser;
let me: UserId;
let channel: ChannelId;

beforeAll(async () => {
  database = await testDatabase();
  reader = await readPlans(database.url);
  app = await testApp({ sql: reader.sql, chat: chatParts(reader.sql) }, database);
  ada = await app.owner();
  me = (await ada.get("/api/v1/account")).json.id;
  channel = await addChannel(database.sql, [me]);
});
afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await reader[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
});

/** So many more people, sessions, invitations, channels of theirs with messages, and messages in the one that is read. */
async function grow(count: number): Promise<void> {
  const { sql } = database;
  const others = await addUsers(sql, ...Array.from({ length: count }, (_, at) => `Person ${at}`));
  await sql`insert into members (channel_id, user_id, joined_at)
    select ${channel}, other, now() - interval '1 day' from unnest(${others}::bigint[]) as other`;
  const channels: ChannelId[] = [];
  for (const other of others) channels.push(await addChannel(sql, [me, other]));
  await fillChannels(sql, channels, others, 5);
  await sql`
    insert into messages (channel_id, seq, author_id, client_message_id, body)
    select id, head + n, ${me}, gen_random_uuid(), 'hello' from channels, generate_series(1, ${count}::int) as n where id = ${channel}`;
  await sql`update channels set head = head + ${count}, last_message_seq = head + ${count} where id = ${channel}`;
  for (let at = 0; at < count; at++) {
    await accountsOn(database).signIn(people.ada);
    await ada.post("/api/v1/invitations", { usesMax: 1, expiresInHours: 1 });
  }
}

async function ask(path: string): Promise<{ statements: number; bytes: number }> {
  let bytes = 0;
  const plans = await reader.plansOf(async () => {
    const { status, json } = await ada.get(`/api/v1${path}`);
    expect(status).toBe(200);
    bytes = JSON.stringify(json).length;
  });
  return { statements: plans.length, bytes };
}

test("X14: every list over HTTP is known here", () => {
  const read = Object.entries(policy).flatMap(([route, { caller }]) =>
    route.startsWith("GET /api/") && caller !== "anyone" ? [route] : [],
  );
  expect(
    [...Object.keys(lists(channel)), ...single].toSorted((a, b) => a.localeCompare(b)),
  ).toEqual(read.toSorted((a, b) => a.localeCompare(b)));
});

test("X14: a list asks as often for many rows as for few", async () => {
  await grow(2);
  const few = new Map<string, Awaited<ReturnType<typeof ask>>>();
  for (const [route, path] of Object.entries(lists(channel))) few.set(route, await ask(path));
  await grow(30);
  for (const [route, path] of Object.entries(lists(channel))) {
    const { statements, bytes } = await ask(path);
    expect(statements, route).toBeGreaterThan(0);
    expect(statements, route).toBe(few.get(route)!.statements);
    // Else there were no more rows, and nothing is shown.
    if (route !== "GET /api/v1/users/online")
      expect(bytes, route).toBeGreaterThan(few.get(route)!.bytes);
  }
});

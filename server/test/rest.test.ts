/** What one does over HTTP reaches sockets, and the other way round. */
import { afterAll, expect, test } from "bun:test";
import { limits } from "#wire/limits.ts";
import { wireProblemCodes, wireProblems, type WireProblemCode } from "../http/wire-problems.ts";
import { addChannel, addUsers } from "./channels.ts";
import { people } from "./people.ts";
import { type RestAnswer, RestClient } from "./rest-client.ts";
import { startServer } from "./start-server.ts";
import { talk } from "./talk.ts";

const server = await startServer();
const ada = await server.signIn(people.ada);
const grace = await server.signIn(people.grace);
const linus = await server.signIn(people.linus);
const [asAda, asGrace, asLinus] = [ada, grace, linus].map((me) => new RestClient(server, me)) as [
  RestClient,
  RestClient,
  RestClient,
];
afterAll(() => server[Symbol.asyncDispose]());

const isoTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const said = (body: string) => ({ clientMessageId: Bun.randomUUIDv7(), body });

async function group(
  name: string,
  ...users: { id: number }[]
): Promise<{ id: number; textId: string }> {
  const wish = { kind: "group", id: Bun.randomUUIDv7(), name, users: users.map(({ id }) => id) };
  const { status, json } = await asAda.post("/channels", wish);
  expect(status).toBe(201);
  return json;
}

test("M30 R26 R27 R21: what is sent over HTTP is heard over sockets, and what is sent over sockets is read over HTTP, in one order", async () => {
  await using socket = await talk(server, ada, grace);
  const path = `/channels/${socket.channel}/messages`;
  const sent: number[] = [];
  for (let at = 0; at < 5; at++) {
    const { status, json } = await asGrace.post(path, said(`over HTTP ${at}`));
    expect(status).toBe(201);
    expect(json).toMatchObject({
      channel: socket.channel,
      createdAt: expect.stringMatching(isoTime),
    });
    sent.push(json.seq);
    sent.push(await socket.says(`over the socket ${at}`));
  }
  expect(await socket.hears(5)).toEqual([0, 1, 2, 3, 4].map((at) => `over HTTP ${at}`));
  const { json } = await asGrace.get(path);
  expect(json.messages.map(({ seq }: { seq: number }) => seq)).toEqual(sent);
  expect(json.messages[0]).toMatchObject({
    authorId: grace.id,
    body: "over HTTP 0",
    createdAt: expect.stringMatching(isoTime),
    editedAt: null,
    system: false,
  });
});

test("W4 M30: the same clientMessageId is one message, however often and by whichever way it is sent", async () => {
  await using socket = await talk(server, ada, grace);
  const path = `/channels/${socket.channel}/messages`;
  const message = said("once");
  const first = await asAda.post(path, message);
  const again = await asAda.post(path, message);
  expect([first.status, again.status]).toEqual([201, 200]);
  expect(again.json).toEqual(first.json);
  const { fates } = await socket.gets("sent", {
    op: "send",
    channel: socket.channel,
    drafts: [{ ...message, rootSeq: null }],
  });
  expect(fates[0]!.seq).toBe(first.json.seq);
  const many = await Promise.all(Array.from({ length: 8 }, () => asAda.post(path, said("x"))));
  expect(new Set(many.map(({ json }) => json.seq)).size).toBe(8);
});

test("R8 R13 R14 X13: history comes by pages of 50 at most, oldest first, and ends", async () => {
  const { id } = await group("history");
  const path = `/channels/${id}/messages`;
  for (let at = 0; at < 53; at++) await asAda.post(path, said(`line ${at}`));
  const newest = await asAda.get(path);
  expect(newest.json.messages).toHaveLength(50);
  const older = await asAda.get(`${path}?before=${newest.json.before}`);
  expect(older.json.messages.map(({ body }: { body: string }) => body)).toEqual([
    "line 0",
    "line 1",
    "line 2",
  ]);
  expect(older.json.before).toBeNull();
  const three = await asAda.get(`${path}?limit=3`);
  expect(three.json.messages.map(({ body }: { body: string }) => body)).toEqual([
    "line 50",
    "line 51",
    "line 52",
  ]);
  expect((await asAda.get(`${path}?limit=51`)).json).toMatchObject({
    code: "input_invalid",
    field: "limit",
  });
  const { seq } = three.json.messages[1];
  expect((await asAda.get(`${path}/${seq}`)).json).toEqual(three.json.messages[1]);
  expect((await asAda.get(`${path}/1`)).json.code).toBe("message_unknown");
});

test("C8 R20 R11 R12: channels are made, listed, read, renamed and deleted over HTTP, and sockets see it", async () => {
  await using socket = await talk(server, grace);
  const made = await group("engine-room", grace);
  const seen = (event: { rows: readonly { kind: string; entity: number; body: unknown }[] }) =>
    event.rows.some((row) => row.kind === "membership" && row.entity === made.id);
  await socket.next("interval", seen);
  expect((await asGrace.get(`/channels/${made.id}`)).json).toMatchObject({
    ...made,
    kind: "group",
    name: "engine-room",
    role: "member",
    members: 2,
    unread: 0,
    lastMessage: null,
  });
  const renamed = await asAda.patch(`/channels/${made.id}`, { name: "machine room" });
  expect(renamed.json.name).toBe("machine room");
  expect((await socket.next("interval", seen)).rows[0]!.body).toMatchObject({
    name: "machine room",
  });
  expect((await asAda.delete(`/channels/${made.id}`)).status).toBe(204);
  expect((await socket.next("interval", seen)).rows[0]!.body).toBeNull();
  expect((await asAda.get(`/channels/${made.id}`)).json.code).toBe("channel_gone");
});

test("C5 C8: a group asked for twice under one id is one, and a direct channel is the pair's", async () => {
  const wish = { kind: "group", id: Bun.randomUUIDv7(), name: "once", users: [] };
  const [one, two] = [await asAda.post("/channels", wish), await asAda.post("/channels", wish)];
  expect(two.json).toEqual(one.json);
  const pair = await asAda.post("/channels", { kind: "direct", user: linus.id });
  const other = await asLinus.post("/channels", { kind: "direct", user: ada.id });
  expect(other.json.id).toBe(pair.json.id);
  expect((await asAda.get(`/channels?textId=${pair.json.textId}`)).json.channels).toEqual([
    pair.json,
  ]);
  expect((await asGrace.get(`/channels?textId=${pair.json.textId}`)).json.channels).toEqual([]);
  expect(pair.json).toMatchObject({
    textId: `dm-${ada.id}-${linus.id}`,
    peer: { id: linus.id, name: linus.name },
  });
});

test("R25 M19: one's channels come newest activity first with last message and unread, by pages without doubles", async () => {
  const host = await server.signIn({ name: "Host", email: "host@example.org" });
  const asHost = new RestClient(server, host);
  const made: number[] = [];
  for (let at = 0; at < 7; at++) {
    const wish = { kind: "group", id: Bun.randomUUIDv7(), name: `room ${at}`, users: [grace.id] };
    made.push((await asHost.post("/channels", wish)).json.id);
  }
  await asGrace.post(`/channels/${made[2]}/messages`, said("the newest"));
  const ids: number[] = [];
  let next: string | null = "";
  while (next !== null) {
    const page: RestAnswer = await asHost.get(`/channels?limit=3${next && `&after=${next}`}`);
    ids.push(...page.json.channels.map(({ id }: { id: number }) => id));
    next = page.json.next;
  }
  expect(ids).toEqual([made[2]!, ...made.toReversed().filter((id) => id !== made[2])]);
  const [first] = (await asHost.get("/channels?limit=1")).json.channels;
  expect(first).toMatchObject({
    unread: 1,
    lastMessage: { body: "the newest", authorId: grace.id },
  });
  expect((await asHost.get("/channels?after=nonsense")).json).toMatchObject({
    code: "input_invalid",
    field: "after",
  });
});

test("C6 C7 C9 R15 R16: members are listed, added, given roles and removed over HTTP", async () => {
  const { id } = await group("members", grace);
  const path = `/channels/${id}/members`;
  expect((await asGrace.post(path, { users: [linus.id] })).status).toBe(204);
  expect((await asAda.patch(`${path}/${grace.id}`, { role: "moderator" })).status).toBe(204);
  const { json } = await asLinus.get(path);
  expect(json).toMatchObject({ count: 3, next: null });
  expect(
    json.members.map(({ name, role }: { name: string; role: string }) => [name, role]),
  ).toEqual([
    ["Ada Lovelace", "admin"],
    ["Grace Hopper", "moderator"],
    ["Linus Torvalds", "member"],
  ]);
  expect((await asLinus.delete(`${path}/${grace.id}`)).json.code).toBe("may_not_manage");
  expect((await asGrace.delete(`${path}/${linus.id}`)).status).toBe(204);
  expect((await asLinus.get(path)).json.code).toBe("not_a_member");
  const page = await asAda.get(`${path}?limit=1`);
  expect(
    (await asAda.get(`${path}?limit=1&after=${encodeURIComponent(page.json.next)}`)).json.members[0]
      .name,
  ).toBe("Grace Hopper");
});

test("T7 R28 R30 M20: marking as read over HTTP is seen by sockets and by the counts", async () => {
  const { id } = await group("unread", grace);
  await using socket = await talk(server, ada);
  await socket.gets("opened", { op: "open", channel: id as never, epoch: "", cursor: 0 });
  const [first, second] = [
    (await asAda.post(`/channels/${id}/messages`, said("one"))).json.seq,
    (await asAda.post(`/channels/${id}/messages`, said("two"))).json.seq,
  ];
  const unreadOf = async () => {
    const { json } = await asGrace.get("/unread");
    const here = json.channels.find(({ channel }: { channel: number }) => channel === id);
    const sum = json.channels.reduce(
      (total: number, one: { unread: number }) => total + one.unread,
      0,
    );
    expect(json.total).toBe(sum);
    return here?.unread ?? 0;
  };
  expect(await unreadOf()).toBe(2);
  expect((await asGrace.put(`/channels/${id}/pointers`, { readSeq: first })).status).toBe(204);
  expect(await unreadOf()).toBe(1);
  await socket.next("pointers", ({ pointers }) =>
    pointers.some((one) => one.user === grace.id && one.readSeq === first),
  );
  await asGrace.put(`/channels/${id}/pointers`, { readSeq: second });
  expect(await unreadOf()).toBe(0);
  // A device that is behind reads less than another has: nothing is unread again by that.
  await asGrace.put(`/channels/${id}/pointers`, { readSeq: first });
  expect(await unreadOf()).toBe(0);
  await asGrace.put(`/channels/${id}/pointers`, { readFrom: first - 1 });
  expect(await unreadOf()).toBe(2);
  await asGrace.put(`/channels/${id}/pointers`, { readSeq: first });
  expect(await unreadOf()).toBe(1);
  const { json } = await asAda.get(`/channels/${id}/messages/${second}/receipts`);
  expect(json.receipts).toMatchObject([
    { user: grace.id, read: true, readAt: expect.stringMatching(isoTime) },
  ]);
});

test("R29 T8 T4: who writes over HTTP is seen writing, with who, where and whether; and nothing is stored of it", async () => {
  await using socket = await talk(server, ada, grace);
  await using elsewhere = await talk(server, linus);
  const path = `/channels/${socket.channel}/typing`;
  const before = await server.sql`select head from channels where id = ${socket.channel}`;
  expect((await asGrace.post(path, { typing: true })).status).toBe(204);
  const event = { channel: socket.channel, user: grace.id };
  expect(await socket.next("typingChanged")).toMatchObject({ ...event, typing: true });
  await asGrace.post(path, { typing: false });
  expect(await socket.next("typingChanged")).toMatchObject({ ...event, typing: false });
  expect(await server.sql`select head from channels where id = ${socket.channel}`).toEqual(before);
  expect((await asLinus.post(path, { typing: true })).json.code).toBe("not_a_member");
  await elsewhere.gets("pong", { op: "ping" });
  expect(elsewhere.answers.filter(({ op }) => op === "typingChanged")).toEqual([]);
});

test("P9 R31 P2: who is online is listed by pages, and of the others when they were last seen", async () => {
  await using here = await talk(server, grace);
  const ids: number[] = [];
  let next: string | null = "";
  while (next !== null) {
    const page: RestAnswer = await asAda.get(`/users/online?limit=1${next && `&after=${next}`}`);
    ids.push(...page.json.users.map(({ id }: { id: number }) => id));
    next = page.json.next;
  }
  expect(ids).toContain(grace.id);
  expect(ids).toEqual(ids.toSorted((one, other) => one - other));
  await server.sql`update users set last_seen_at = '2026-11-12T09:42:00Z' where id = ${linus.id}`;
  const { json } = await asAda.get(`/users/${linus.id}`);
  expect(json.lastSeenAt).toBe("2026-11-12T09:42:00.000Z");
  expect((await asAda.get("/users?query=gra")).json.users).toMatchObject([
    { name: "Grace Hopper", online: true },
  ]);
  expect((await asAda.get("/users/999999")).status).toBe(404);
  expect((await asAda.get("/account")).json).toMatchObject({ id: ada.id, email: people.ada.email });
  await here.gets("pong", { op: "ping" });
});

test("S5: a body of 4,000 characters fits however it is written in JSON, and one more is refused by its own code", async () => {
  const { id } = await group("long");
  const rocket = String.raw`\ud83d\ude80`;
  const send = (count: number) =>
    fetch(`${server.url}/api/v1/channels/${id}/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${ada.token}`, "content-type": "application/json" },
      body: `{"clientMessageId":"${Bun.randomUUIDv7()}","body":"${rocket.repeat(count)}"}`,
    });
  expect((await send(limits.bodyCharsMax)).status).toBe(201);
  const long = await send(limits.bodyCharsMax + 1);
  expect(((await long.json()) as { code: string }).code).toBe("body_too_long");
  const huge = await asAda.post(`/channels/${id}/messages`, said("x".repeat(70_000)));
  expect([huge.status, huge.json.code]).toEqual([413, "body_too_large"]);
  const broken = await asAda.post(`/channels/${id}/messages`, said("\ud800"));
  expect(broken.json.code).toBe("input_invalid");
});

test("S4: a page of another site changes nothing, even with a stolen token; a program without Origin may", async () => {
  const { id } = await group("forged");
  const forged = new RestClient(server, ada);
  forged.headers = { origin: "https://evil.example" };
  const message = said("forged");
  expect((await forged.post(`/channels/${id}/messages`, message)).json.code).toBe(
    "origin_forbidden",
  );
  expect((await forged.delete(`/channels/${id}`)).json.code).toBe("origin_forbidden");
  expect((await asAda.post(`/channels/${id}/messages`, message)).status).toBe(201);
});

/** Does over HTTP what a refusal of the wire says no to. */
const provoked: Record<WireProblemCode, () => Promise<RestAnswer>> = {
  not_a_member: async () => asLinus.get(`/channels/${(await group("closed")).id}`),
  may_not_write: async () => {
    const { id } = await group("read only");
    await server.sql`update members set may_write = false where channel_id = ${id}`;
    return asAda.post(`/channels/${id}/messages`, said("may I?"));
  },
  may_not_manage: async () => asGrace.delete(`/channels/${(await group("hers", grace)).id}`),
  message_unknown: async () => asAda.get(`/channels/${(await group("empty")).id}/messages/9`),
  not_a_group: async () => {
    const { json } = await asAda.post("/channels", { kind: "direct", user: grace.id });
    return asAda.patch(`/channels/${json.id}`, { name: "us" });
  },
  group_full: async () => {
    const places = limits.groupMembersMax - 1;
    const many = await addUsers(server.sql, ...Array.from({ length: places }, () => "x"));
    const channel = await addChannel(server.sql, [ada.id, ...many]);
    return asAda.post(`/channels/${channel}/members`, { users: [grace.id] });
  },
  id_taken: async () => {
    const wish = { kind: "group", id: Bun.randomUUIDv7(), name: "mine" };
    await asAda.post("/channels", wish);
    return asGrace.post("/channels", wish);
  },
  channel_gone: async () => {
    const { id } = await group("gone");
    await asAda.delete(`/channels/${id}`);
    return asAda.post(`/channels/${id}/messages`, said("anybody?"));
  },
  body_empty: async () => asAda.post(`/channels/${(await group("a")).id}/messages`, said(" ")),
  body_too_long: async () =>
    asAda.post(`/channels/${(await group("b")).id}/messages`, said("x".repeat(4_001))),
  body_invalid: async () =>
    asAda.post(`/channels/${(await group("c")).id}/messages`, said("a\u0000b")),
  root_unknown: async () =>
    asAda.post(`/channels/${(await group("d")).id}/messages`, {
      ...said("to nothing"),
      rootSeq: 99,
    }),
  status_invalid: async () => asAda.put("/account/status", { text: " " }),
  user_unknown: async () => asAda.post("/channels", { kind: "direct", user: 999_999 }),
  slow_down: async () => {
    const { id } = await group("flood");
    // Somebody holds the channel: what waits for it longer than five seconds is given back.
    const [locked, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const holding = server.sql.begin(async (tx) => {
      await tx`select from channels where id = ${id} for update`;
      locked.resolve();
      await held.promise;
    });
    await locked.promise;
    const answer = await asAda.post(`/channels/${id}/messages`, said("x"));
    held.resolve();
    await holding;
    return answer;
  },
};

test.each(wireProblemCodes)(
  "S5: the wire's refusal %s is the same over HTTP, as a problem",
  async (code) => {
    const { status, headers, json } = await provoked[code]();
    expect(json).toMatchObject({
      code,
      status: wireProblems[code].status,
      title: wireProblems[code].sentence,
      type: `urn:parley:problem:${code}`,
    });
    expect(status).toBe(wireProblems[code].status);
    expect(headers.get("content-type")).toBe("application/problem+json");
  },
);

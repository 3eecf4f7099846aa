/** Groups over real sockets: what everybody sees of what somebody changes. */
import { afterAll, expect, test } from "bun:test";
import type { Answer } from "#wire/event.ts";
import type { ChannelId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { Row, RowOf } from "#wire/row.ts";
import { people } from "./people.ts";
import { type SignedIn, startServer } from "./start-server.ts";
import { type Talk, talk } from "./talk.ts";

const server = await startServer();
const ada = await server.signIn(people.ada);
const grace = await server.signIn(people.grace);
const linus = await server.signIn(people.linus);
afterAll(() => server[Symbol.asyncDispose]());

/** Resolves when the maker's socket has joined it: what happens from then on is heard. */
async function makeGroup(maker: Talk, name: string, ...users: SignedIn[]): Promise<ChannelId> {
  const { channel } = await maker.gets("created", {
    op: "createGroup",
    id: Bun.randomUUIDv7(),
    name,
    users: users.map(({ id }) => id),
  });
  await maker.next("summary", (event) => event.channel === channel);
  return channel;
}

/** Waits until the own stream tells of a membership, or of its end. */
async function membership(socket: Talk, channel: ChannelId): Promise<RowOf<"membership">> {
  const isIt = (row: { kind: string; entity: number }): boolean =>
    row.kind === "membership" && row.entity === channel;
  const { rows } = await socket.next("interval", (event) => event.rows.some(isIt));
  return rows.find(isIt) as RowOf<"membership">;
}

async function opens(socket: Talk, channel: ChannelId): Promise<void> {
  socket.channel = channel;
  await socket.gets("opened", { op: "open", channel, epoch: "", cursor: 0 });
}

/** What was announced of somebody's being in a channel, in order. */
const memberRows = (socket: Talk, channel: ChannelId, { id }: SignedIn): Row[] =>
  socket.answers
    .flatMap((answer) => (answer.op === "interval" && answer.stream === channel ? answer.rows : []))
    .filter(({ kind, entity }) => kind === "member" && entity === id);

const isAbout =
  (channel: ChannelId) =>
  (answer: Answer): boolean =>
    ("stream" in answer && answer.stream === channel) ||
    ("channel" in answer && answer.channel === channel);

test("C5 C6: a group appears in everybody's list at once, with its line, and what is said there is heard", async () => {
  await using maker = await talk(server, ada);
  await using other = await talk(server, grace);
  const channel = await makeGroup(maker, "  engine-room ", grace);
  expect(await membership(other, channel)).toMatchObject({
    body: { kind: "group", name: "engine-room", role: "member" },
  });
  expect(await other.next("summary", (event) => event.channel === channel)).toMatchObject({
    unread: 0,
  });
  maker.channel = other.channel = channel;
  await maker.says("all here?");
  expect(await other.hears(1)).toEqual(["all here?"]);
  expect(await membership(maker, channel)).toMatchObject({ body: { role: "admin" } });
});

test("C6 C9: a new name and new people are seen by everybody who is in it", async () => {
  await using maker = await talk(server, ada);
  await using other = await talk(server, grace);
  await using third = await talk(server, linus);
  const channel = await makeGroup(maker, "before", grace);
  await membership(other, channel);
  await maker.gets("done", { op: "renameGroup", channel, name: "after" });
  expect(await membership(other, channel)).toMatchObject({ body: { name: "after" } });
  await other.gets("done", { op: "addMembers", channel, users: [linus.id] });
  expect(await membership(third, channel)).toMatchObject({ body: { name: "after" } });
  const joined = await maker.next("interval", ({ stream, rows }) =>
    stream === channel ? rows.some((row) => row.entity === linus.id) : false,
  );
  expect(joined.rows).toMatchObject([{ kind: "member", body: { name: "Linus Torvalds" } }]);
  const page = await third.gets("membersPage", { op: "members", channel, after: null });
  expect(page.members.map(({ name, role, online }) => [name, role, online])).toEqual([
    ["Ada Lovelace", "admin", true],
    ["Grace Hopper", "member", true],
    ["Linus Torvalds", "member", true],
  ]);
  expect(page).toMatchObject({ count: 3, after: null });
});

test("C6 C11: who is removed sees it at once, hears nothing that is said after it, and can read nothing later", async () => {
  await using maker = await talk(server, ada);
  await using removed = await talk(server, grace);
  const channel = await makeGroup(maker, "among us", grace, linus);
  await membership(removed, channel);
  await opens(maker, channel);
  await opens(removed, channel);
  await maker.says("with you");
  expect(await removed.hears(1)).toEqual(["with you"]);
  // All at once: the removal, and what is said right after it.
  const removing = maker.gets("done", { op: "removeMember", channel, user: grace.id });
  const saying = Array.from({ length: 20 }, (_, at) =>
    maker.says(`without you ${at}`).catch(() => ""),
  );
  expect(await membership(removed, channel)).toMatchObject({ body: null });
  await Promise.all([removing, ...saying]);
  await maker.says("surely without you");
  await maker.gets("done", { op: "typing", channel, typing: true });
  const toldSoFar = removed.answers.length;
  for (const question of [
    { op: "open", channel, epoch: "", cursor: 0 },
    { op: "history", channel, before: 0, limit: 50 },
    { op: "members", channel, after: null },
    { op: "receipts", channel, seq: 5 },
    { op: "renameGroup", channel, name: "mine" },
  ] as const) {
    expect(await removed.command(question)).toMatchObject({ code: "not_a_member" });
  }
  await removed.gets("done", {
    op: "resume",
    epoch: "",
    streams: [{ stream: channel, cursor: 1 }],
  });
  await removed.gets("done", { op: "summaries", channels: [channel] });
  expect(removed.answers.slice(toldSoFar).filter(isAbout(channel))).toEqual([]);
  expect(JSON.stringify(removed.answers)).not.toContain("surely without you");
});

test("C11: nothing that stands behind a removal in the channel reaches who was removed, whichever is announced first", async () => {
  await using maker = await talk(server, ada);
  await using removed = await talk(server, grace);
  await using speaker = await talk(server, linus);
  const channel = await makeGroup(maker, "a race", grace, linus);
  for (const socket of [removed, speaker]) await membership(socket, channel);
  for (const socket of [maker, removed, speaker]) await opens(socket, channel);
  let isOver = false;
  const talking = (async () => {
    while (!isOver) await speaker.says("on and on");
  })();
  for (let round = 0; round < 12; round++) {
    await maker.says(`round ${round}`);
    await maker.gets("done", { op: "removeMember", channel, user: grace.id });
    await maker.says("among ourselves");
    await maker.gets("done", { op: "addMembers", channel, users: [grace.id] });
    await opens(removed, channel);
  }
  isOver = true;
  await talking;
  const left = memberRows(maker, channel, grace).filter(({ body }) => body === null);
  const joined = memberRows(maker, channel, grace).filter(({ body }) => body !== null);
  expect([left.length, joined.length]).toEqual([12, 12]);
  const isBetween = (seq: number): boolean =>
    left.some(({ version }, at) => seq > version && seq < joined[at]!.version);
  // When they are let in again a reset tells the history; what is announced must not tell it before.
  const told = removed.announced.filter(({ entity }) => isBetween(entity));
  expect(told.map(({ body }) => body!.body)).toEqual([]);
  expect(speaker.announced.filter(({ entity }) => isBetween(entity)).length).toBeGreaterThan(11);
});

test("C6: who leaves is gone, the last admin hands the group on, and everybody sees it", async () => {
  await using maker = await talk(server, ada);
  await using other = await talk(server, grace);
  const channel = await makeGroup(maker, "handed on", grace);
  await membership(other, channel);
  await membership(maker, channel);
  await maker.gets("done", { op: "removeMember", channel, user: ada.id });
  expect(await membership(maker, channel)).toMatchObject({ body: null });
  expect(await membership(other, channel)).toMatchObject({ body: { role: "admin" } });
});

test("C8: a deleted group leaves every list, and nobody writes to it any more", async () => {
  await using maker = await talk(server, ada);
  await using other = await talk(server, grace);
  const channel = await makeGroup(maker, "short-lived", grace);
  await membership(other, channel);
  await maker.gets("done", { op: "deleteGroup", channel });
  expect(await membership(other, channel)).toMatchObject({ body: null });
  other.channel = channel;
  expect(await other.says("anybody?").catch(({ message }: Error) => message)).toContain(
    "channel_gone",
  );
});

test("C5: a wish whose answer was lost is asked again, and makes no second group", async () => {
  await using maker = await talk(server, ada);
  const wish = {
    op: "createGroup" as const,
    id: Bun.randomUUIDv7(),
    name: "once",
    users: [grace.id],
  };
  const first = await maker.gets("created", wish);
  const again = await maker.gets("created", wish);
  expect(again).toEqual({ ...first, ref: again.ref });
  expect(first.textId).toMatch(/^group-\d{13}-[0-9a-f]{20}$/);
});

test("a hundred people are brought in at once and not one more; a name has 80 characters and not one more", async () => {
  await using maker = await talk(server, ada);
  const channel = await makeGroup(maker, "é".repeat(limits.nameCharsMax));
  const users = Array.from({ length: limits.usersPerAddMax }, () => grace.id);
  await maker.gets("done", { op: "addMembers", channel, users });
  expect(
    await maker.command({ op: "addMembers", channel, users: [...users, grace.id] }),
  ).toMatchObject({ code: "malformed" });
  expect(
    await maker.command({ op: "renameGroup", channel, name: "é".repeat(limits.nameCharsMax + 1) }),
  ).toMatchObject({ code: "name_invalid" });
});

test("C9: members come by pages of fifty, and each once", async () => {
  await using maker = await talk(server, ada);
  const channel = await makeGroup(maker, "a crowd");
  const many = await Promise.all(
    Array.from({ length: 70 }, (_, at) =>
      server.signIn({ name: `Person ${at}`, email: `person-${at}@example.org` }),
    ),
  );
  await maker.gets("done", { op: "addMembers", channel, users: many.map(({ id }) => id) });
  const first = await maker.gets("membersPage", { op: "members", channel, after: null });
  const second = await maker.gets("membersPage", { op: "members", channel, after: first.after });
  expect([first.members.length, second.members.length, second.after]).toEqual([50, 21, null]);
  expect(new Set([...first.members, ...second.members].map(({ id }) => id)).size).toBe(71);
  expect(await maker.command({ op: "members", channel, after: "not of a page" })).toMatchObject({
    code: "malformed",
  });
});

test("T5 T6 M12: what others received and read is told while one looks, and who asks learns who and when", async () => {
  await using maker = await talk(server, ada);
  await using reader = await talk(server, grace);
  const channel = await makeGroup(maker, "receipts", grace, linus);
  await membership(reader, channel);
  await opens(maker, channel);
  await opens(reader, channel);
  const seq = await maker.says("read me");
  await reader.gets("done", {
    op: "read",
    pointers: [{ channel, readSeq: null, deliveredSeq: seq, readFrom: null }],
  });
  const told = await maker.next("pointers", (event) => event.channel === channel);
  expect(told.pointers).toMatchObject([{ user: grace.id, deliveredSeq: seq }]);
  await reader.gets("done", {
    op: "read",
    pointers: [{ channel, readSeq: seq, deliveredSeq: seq, readFrom: null }],
  });
  await maker.next("pointers", ({ pointers }) => pointers.some(({ readSeq }) => readSeq === seq));
  const { receipts } = await maker.gets("receiptsPage", { op: "receipts", channel, seq });
  expect(receipts).toMatchObject([
    { user: grace.id, delivered: true, read: true },
    { user: linus.id, delivered: false, read: false, readAt: null },
  ]);
  expect(receipts[0]!.readAt).toBeGreaterThanOrEqual(receipts[0]!.deliveredAt!);
});

test("T5: in a channel of more than 32 members nobody is told of others' pointers, and who has read is a question", async () => {
  await using maker = await talk(server, ada);
  await using reader = await talk(server, grace);
  const channel = await makeGroup(maker, "too many to tell", grace);
  await membership(reader, channel);
  const many = await Promise.all(
    Array.from({ length: 31 }, (_, at) =>
      server.signIn({ name: `Person ${at}`, email: `person-${at}@example.org` }),
    ),
  );
  await opens(maker, channel);
  const first = await maker.says("to 32 people");
  const seq = await maker.says("to 33 people");
  await maker.gets("done", {
    op: "addMembers",
    channel,
    users: many.slice(0, 30).map(({ id }) => id),
  });
  const read = (readSeq: number) =>
    reader.gets("done", {
      op: "read",
      pointers: [{ channel, readSeq, deliveredSeq: null, readFrom: null }],
    });
  await read(first);
  await maker.next("pointers", (event) => event.channel === channel); // 32 members.
  await maker.gets("done", { op: "addMembers", channel, users: [many[30]!.id] });
  const before = maker.answers.filter((one) => one.op === "pointers").length;
  await read(seq);
  await maker.gets("pong", { op: "ping" });
  const { receipts } = await maker.gets("receiptsPage", { op: "receipts", channel, seq });
  expect(receipts.find(({ user }) => user === grace.id)).toMatchObject({ read: true });
  const since = maker.answers.filter((one) => one.op === "pointers").slice(before);
  expect(
    since.flatMap(({ pointers }) =>
      (pointers as { readSeq: number }[]).filter(({ readSeq }) => readSeq === seq),
    ),
  ).toEqual([]);
});

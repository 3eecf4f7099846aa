/** Who may give which command, asked for every command there is. */
import { afterAll, expect, test } from "bun:test";
import { commandFields, type CommandName, type CommandOf } from "#wire/command.ts";
import type { Answer, Reply } from "#wire/event.ts";
import type { StreamId, UserId } from "#wire/ids.ts";
import { joinGroup } from "./group.ts";
import { hello } from "./hello.ts";
import { people } from "./people.ts";
import { type SignedIn, startServer } from "./start-server.ts";
import { dial, type Talk, talk } from "./talk.ts";

const server = await startServer();
const ada = await server.signIn(people.ada);
const linus = await server.signIn(people.linus);
const lobby = await joinGroup(server.sql, "lobby", ada.id);
afterAll(() => server[Symbol.asyncDispose]());

/** Somebody who is in no channel. */
const nobody = 999_999 as UserId;

type Questions = { [Name in CommandName]: Omit<CommandOf<Name>, "ref"> };

/** Every command, about the lobby where a command is about a channel. */
const questions = (me: SignedIn): Questions => ({
  hello: { op: "hello", token: me.token, epoch: "", streams: [{ stream: lobby, cursor: 0 }] },
  renew: { op: "renew", token: me.token },
  resume: {
    op: "resume",
    epoch: "",
    streams: [lobby, ada.id].map((stream: StreamId) => ({ stream, cursor: 0 })),
  },
  summaries: { op: "summaries", channels: [lobby] },
  send: {
    op: "send",
    channel: lobby,
    drafts: [{ clientMessageId: crypto.randomUUID(), body: "let me in", rootSeq: null }],
  },
  open: { op: "open", channel: lobby, epoch: "", cursor: 0 },
  typing: { op: "typing", channel: lobby, typing: true },
  history: { op: "history", channel: lobby, before: 0, limit: 50 },
  read: {
    op: "read",
    pointers: [{ channel: lobby, readSeq: 1, deliveredSeq: 1, readFrom: 1 }],
  },
  close: { op: "close", channel: lobby },
  people: { op: "people", ids: [], query: "", after: null },
  createDirect: { op: "createDirect", user: me.id },
  createGroup: { op: "createGroup", id: Bun.randomUUIDv7(), name: "elsewhere", users: [] },
  renameGroup: { op: "renameGroup", channel: lobby, name: "lobby" },
  addMembers: { op: "addMembers", channel: lobby, users: [me.id] },
  setRole: { op: "setRole", channel: lobby, user: me.id, role: "member" },
  removeMember: { op: "removeMember", channel: lobby, user: nobody },
  deleteGroup: { op: "deleteGroup", channel: lobby },
  members: { op: "members", channel: lobby, after: null },
  receipts: { op: "receipts", channel: lobby, seq: 2 },
  setStatus: { op: "setStatus", status: { text: "here and there", until: null } },
  setShown: { op: "setShown", shown: { as: "here", typing: true, receipts: true } },
  setAway: { op: "setAway", away: false },
  ping: { op: "ping" },
});
const commandNames = Object.keys(commandFields) as CommandName[];

/** What an answer comes to, in one word. */
function outcome(reply: Reply): string {
  if (reply.op === "refusal") return reply.code;
  if (reply.op === "sent") return reply.fates[0]!.code ?? "stored";
  return reply.op;
}

async function walk(socket: Talk, me: SignedIn): Promise<Record<string, string>> {
  const outcomes: Record<string, string> = {};
  const asked = questions(me);
  const inOrder = Object.keys(asked) as CommandName[];
  expect(inOrder.toSorted()).toEqual(commandNames.toSorted());
  for (const name of inOrder) outcomes[name] = outcome(await socket.command(asked[name]));
  return outcomes;
}

/** Whether a frame tells anything of the lobby, or of Ada's own stream. */
const isAboutThem = (answer: Answer): boolean =>
  ("stream" in answer && (answer.stream === lobby || answer.stream === ada.id)) ||
  ("channel" in answer && answer.channel === lobby) ||
  answer.op === "page";

test("S1: without hello nothing is done, whatever the command", async () => {
  await using socket = await dial(server);
  const { hello: _, ...others } = questions(ada);
  for (const question of Object.values(others)) {
    expect(outcome(await socket.command(question))).toBe("hello_first");
  }
  expect(await server.sql`select from messages`).toHaveLength(0);
});

test("C11 S10: a stranger gets nothing of a channel by any command, now or later, and nobody hears of them", async () => {
  await using member = await talk(server, ada, "lobby");
  await using stranger = await talk(server, linus);
  expect(await walk(stranger, linus)).toEqual({
    hello: "already_greeted",
    renew: "done",
    resume: "done",
    summaries: "done",
    send: "not_a_member",
    open: "not_a_member",
    typing: "done",
    history: "not_a_member",
    read: "done",
    close: "done",
    people: "peoplePage",
    createDirect: "direct",
    createGroup: "created",
    renameGroup: "not_a_member",
    addMembers: "not_a_member",
    setRole: "not_a_member",
    removeMember: "not_a_member",
    deleteGroup: "not_a_member",
    members: "not_a_member",
    receipts: "not_a_member",
    setStatus: "done",
    setShown: "done",
    setAway: "done",
    ping: "pong",
  });
  // All that a channel has to tell, while the stranger's socket is here.
  await member.says("among ourselves");
  await member.gets("done", { op: "typing", channel: lobby, typing: true });
  await member.next("typingChanged");
  await member.gets("done", questions(ada).read);
  await stranger.gets("pong", { op: "ping" });
  expect(stranger.answers.filter(isAboutThem)).toEqual([]);
  const heard = member.answers.filter((answer) => JSON.stringify(answer).includes("let me in"));
  const typed = member.answers.filter((one) => one.op === "typingChanged" && one.user === linus.id);
  expect([heard, typed]).toEqual([[], []]);
});

test("C11: a stranger who tries to open a channel again and again while others talk never stands on its topic", async () => {
  await using member = await talk(server, ada, "lobby");
  await using stranger = await talk(server, linus);
  let isOver = false;
  const tries = async () => {
    while (!isOver)
      expect(outcome(await stranger.command(questions(linus).open))).toBe("not_a_member");
  };
  const trying = Promise.all([tries(), tries(), tries()]);
  for (let count = 0; count < 60; count++) await member.says(`among ourselves ${count}`);
  isOver = true;
  await trying;
  expect(stranger.answers.filter(isAboutThem)).toEqual([]);
});

test("C11: a stranger who claims to hold a part of a channel does not get the rest", async () => {
  await using member = await talk(server, ada, "lobby");
  await member.says("not for everybody");
  await using stranger = await dial(server);
  const { epoch } = await hello(stranger, linus);
  const streams = [lobby, ada.id].map((stream: StreamId) => ({ stream, cursor: 1 }));
  await stranger.gets("done", { op: "resume", epoch, streams });
  await using again = await dial(server);
  await hello(again, linus, { epoch, streams });
  expect([...stranger.answers, ...again.answers].filter(isAboutThem)).toEqual([]);
});

test("C11: a stranger who names a channel in hello is not put onto it", async () => {
  await using member = await talk(server, ada, "lobby");
  await using stranger = await dial(server);
  expect(outcome(await stranger.command(questions(linus).hello))).toBe("welcome");
  await stranger.next("caughtUp");
  await member.says("still among ourselves");
  await stranger.gets("pong", { op: "ping" });
  expect(stranger.answers.filter(isAboutThem)).toEqual([]);
});

test("S10: a member may do all of it", async () => {
  await using member = await talk(server, ada);
  expect(await walk(member, ada)).toEqual({
    hello: "already_greeted",
    renew: "done",
    resume: "done",
    summaries: "done",
    send: "stored",
    open: "opened",
    typing: "done",
    history: "page",
    read: "done",
    close: "done",
    people: "peoplePage",
    createDirect: "direct",
    createGroup: "created",
    renameGroup: "may_not_manage",
    addMembers: "done",
    setRole: "may_not_manage",
    removeMember: "done",
    deleteGroup: "may_not_manage",
    members: "membersPage",
    receipts: "receiptsPage",
    setStatus: "done",
    setShown: "done",
    setAway: "done",
    ping: "pong",
  });
  expect(member.answers.some((one) => one.op === "reset" && one.stream === lobby)).toBe(true);
  expect(member.answers.some((one) => one.op === "summary" && one.channel === lobby)).toBe(true);
});

test("S1: who is deactivated writes nothing more, also before the socket ends, and has no way back", async () => {
  const grace = await server.signIn(people.grace);
  await joinGroup(server.sql, "lobby", grace.id);
  await using socket = await talk(server, grace, "lobby");
  // The account alone: its sessions are ended by who deactivates it.
  await server.sql`update users set active = false where id = ${grace.id}`;
  expect(outcome(await socket.command(questions(grace).send))).toBe("user_inactive");
  expect(outcome(await socket.command(questions(grace).renew))).toBe("user_inactive");
  expect(outcome(await socket.command(questions(grace).createDirect))).toBe("user_unknown");
  await using again = await dial(server);
  expect(outcome(await again.command(questions(grace).hello))).toBe("user_inactive");
});

test("S1: the token of a session that has ended is worth nothing, neither for hello nor to renew", async () => {
  const radia = await server.signIn(people.radia);
  const other = await server.signIn(people.radia);
  await using socket = await talk(server, other);
  await server.sql`update sessions set ended_at = now() where id = ${radia.sessionId}`;
  expect(outcome(await socket.command(questions(radia).renew))).toBe("token_invalid");
  await using again = await dial(server);
  expect(outcome(await again.command(questions(radia).hello))).toBe("token_invalid");
});

test("S1: another person's token does not renew a socket, which goes on as it was", async () => {
  await using socket = await talk(server, ada, "lobby");
  expect(await socket.command(questions(linus).renew)).toMatchObject({
    op: "refusal",
    code: "token_invalid",
  });
  await socket.says("still Ada");
  const [last] = await server.sql<{ author_id: number }[]>`
    select author_id from messages where channel_id = ${lobby} order by seq desc limit 1`;
  expect(last!.author_id).toBe(ada.id);
});

test("C11: who is removed while a channel is open hears neither what is said there nor who writes", async () => {
  await using member = await talk(server, ada, "lobby");
  const katherine = await server.signIn(people.katherine);
  await joinGroup(server.sql, "lobby", katherine.id);
  await using removed = await talk(server, katherine, "lobby");
  await member.says("welcome");
  expect(await removed.hears(1)).toEqual(["welcome"]);

  // No command removes anybody yet: the rows that it would write, told by the heads of the next second.
  const { id } = katherine;
  await server.sql.begin(async (tx) => {
    await tx`delete from members where channel_id = ${lobby} and user_id = ${id}`;
    await tx`update users set head = head + 1 where id = ${id}`;
    await tx`update changes set seq = (select head from users where id = ${id})
      where stream_id = ${id} and kind = 4 and entity = ${lobby}`;
  });
  // Creating a channel announces the next number of the own stream: the hole before it is healed.
  await removed.gets("direct", { op: "createDirect", user: ada.id });
  await removed.next("interval", ({ rows }) =>
    rows.some((row) => row.kind === "membership" && row.entity === lobby && row.body === null),
  );
  const since = removed.answers.length;
  await member.says("she has left");
  await member.gets("done", { op: "typing", channel: lobby, typing: true });
  await member.next("typingChanged", ({ user }) => user === ada.id);
  expect(outcome(await removed.command(questions(katherine).typing))).toBe("done");
  expect(outcome(await removed.command(questions(katherine).open))).toBe("not_a_member");
  await removed.gets("pong", { op: "ping" });
  expect(removed.answers.slice(since).filter(isAboutThem)).toEqual([]);
  const typed = (one: Answer) => one.op === "typingChanged" && one.user === id;
  expect(member.answers.some(typed)).toBe(false);
});

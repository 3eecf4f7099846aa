/** Every command and every route, asked by a member, a former member, a stranger, somebody deactivated, and nobody. */
import { afterAll, expect, test } from "bun:test";
import { commandFields, type CommandName, type CommandOf } from "#wire/command.ts";
import type { Reply } from "#wire/event.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { policy } from "../http/policy.ts";
import { people } from "./people.ts";
import { RestClient } from "./rest-client.ts";
import { type SignedIn, startServer } from "./start-server.ts";
import { dial, talk } from "./talk.ts";

const server = await startServer();
afterAll(() => server[Symbol.asyncDispose]());

const who = ["member", "former member", "stranger", "deactivated", "nobody"] as const;
type Who = (typeof who)[number];

/** A group of the member's, with everybody else on their side of it. */
async function ground() {
  const [member, former, stranger, deactivated, other] = await Promise.all(
    [people.ada, people.grace, people.linus, people.radia, people.alan].map((person) => {
      const email = `${Bun.randomUUIDv7()}@example.org`;
      return server.signIn({ ...person, email });
    }),
  );
  const asMember = new RestClient(server, member);
  const users = [former, deactivated, other].map((one) => one!.id);
  const wish = { kind: "group", id: Bun.randomUUIDv7(), name: "the walk", users };
  const channel: ChannelId = (await asMember.post("/channels", wish)).json.id;
  const said = { clientMessageId: Bun.randomUUIDv7(), body: "among us" };
  const { seq } = (await asMember.post(`/channels/${channel}/messages`, said)).json;
  await asMember.delete(`/channels/${channel}/members/${former!.id}`);
  await server.sql`update users set active = false where id = ${deactivated!.id}`;
  const callers: Record<Who, SignedIn | undefined> = {
    member: member!,
    "former member": former!,
    stranger: stranger!,
    deactivated: deactivated!,
    nobody: undefined,
  };
  return { callers, channel, seq: seq as number, other: other!.id };
}

/** A session that the member has besides the one that asks. */
async function moreOf(callers: Record<Who, SignedIn | undefined>): Promise<string> {
  const id = Bun.randomUUIDv7();
  await server.sql`
    insert into sessions (id, user_id, token_hash, created_at, last_used_at, expires_at)
    values (${id}, ${callers.member!.id}, '', now(), now(), now() + interval '1 day')`;
  return id;
}

const bodies: Record<string, (other: UserId) => unknown> = {
  "POST /stream/ticket": () => undefined,
  "POST /channels": () => ({ kind: "group", id: Bun.randomUUIDv7(), name: "elsewhere" }),
  "PATCH /channels/:channel": () => ({ name: "another name" }),
  "POST /channels/:channel/members": (other) => ({ users: [other] }),
  "PATCH /channels/:channel/members/:user": () => ({ role: "moderator" }),
  "POST /channels/:channel/messages": () => ({
    clientMessageId: Bun.randomUUIDv7(),
    body: "hello",
  }),
  "PUT /channels/:channel/pointers": () => ({ readSeq: 1 }),
  "POST /channels/:channel/typing": () => ({ typing: true }),
  "PUT /account/status": () => ({ text: "here and there" }),
  "PUT /account/shown": () => ({ as: "here", typing: true, receipts: true }),
};
/** Routes for those who are signed in, other than administrators. */
const routes = Object.entries(policy)
  .filter(([, rule]) => rule.caller === "signed_in")
  .map(([name]) => name.replace("/api/v1", ""));

test("S3 S10 C11: every route of signed-in people lets in whom it may, and nobody else", async () => {
  expect(routes.length).toBeGreaterThan(15);
  const seen: Record<string, string[]> = {};
  const expected: Record<string, string[]> = {};
  for (const name of routes) {
    const { callers, channel, seq, other } = await ground();
    const [method = "", path = ""] = name.split(" ");
    if (/^(POST|PATCH|PUT)/.test(method)) expect(Object.keys(bodies)).toContain(name);
    const at = path
      .replace(":channel", `${channel}`)
      .replace(":user", `${other}`)
      .replace(":seq", `${seq}`)
      .replace(":session", await moreOf(callers));
    const outcomes: string[] = [];
    // The member last: some of it can be done only once.
    for (const one of who.toReversed()) {
      const client = new RestClient(server, callers[one]);
      const { status, json } = await client.call(method, at, bodies[name]?.(other));
      outcomes.unshift(status < 300 ? "let in" : `${status} ${json.code}`);
    }
    seen[name] = outcomes;
    const inChannel = path.includes(":channel")
      ? "403 not_a_member"
      : path.includes(":session")
        ? "404 not_found"
        : "let in";
    expected[name] = ["let in", inChannel, inChannel, "403 account_inactive", "401 token_invalid"];
  }
  expect(seen).toEqual(expected);
});

type Questions = { [Name in CommandName]: Omit<CommandOf<Name>, "ref"> };

const questions = (me: SignedIn, channel: ChannelId, seq: number, other: UserId): Questions => ({
  hello: { op: "hello", token: me.token, epoch: "", streams: [] },
  renew: { op: "renew", token: me.token },
  resume: { op: "resume", epoch: "", streams: [{ stream: channel, cursor: 1 }] },
  summaries: { op: "summaries", channels: [channel] },
  send: {
    op: "send",
    channel,
    drafts: [{ clientMessageId: Bun.randomUUIDv7(), body: "hello", rootSeq: null }],
  },
  open: { op: "open", channel, epoch: "", cursor: 0 },
  history: { op: "history", channel, before: 0, limit: 50 },
  read: { op: "read", pointers: [{ channel, readSeq: 1, deliveredSeq: 1, readFrom: 1 }] },
  typing: { op: "typing", channel, typing: true },
  close: { op: "close", channel },
  people: { op: "people", ids: [], query: "", after: null },
  createDirect: { op: "createDirect", user: other },
  createGroup: { op: "createGroup", id: Bun.randomUUIDv7(), name: "elsewhere", users: [] },
  renameGroup: { op: "renameGroup", channel, name: "another name" },
  addMembers: { op: "addMembers", channel, users: [other] },
  setRole: { op: "setRole", channel, user: other, role: "moderator" },
  members: { op: "members", channel, after: null },
  receipts: { op: "receipts", channel, seq },
  removeMember: { op: "removeMember", channel, user: other },
  deleteGroup: { op: "deleteGroup", channel },
  setStatus: { op: "setStatus", status: { text: "here and there", until: null } },
  setShown: { op: "setShown", shown: { as: "here", typing: true, receipts: true } },
  setAway: { op: "setAway", away: false },
  ping: { op: "ping" },
});

function outcomeOf(reply: Reply): string {
  if (reply.op === "refusal") return reply.code;
  return reply.op === "sent" ? (reply.fates[0]!.code ?? "let in") : "let in";
}

test("S1 S10 C11: every command lets in whom it may, and nothing of the channel reaches anybody else", async () => {
  const { callers, channel, seq, other } = await ground();
  // What concerns no channel, or leaves out what is not the user's own: the answers below show that nothing came of it.
  const open = new Set<CommandName>([
    ...(["renew", "resume", "summaries", "read", "typing", "close"] as const),
    ...(["people", "createDirect", "createGroup", "ping"] as const),
    ...(["setStatus", "setShown", "setAway"] as const),
  ]);
  for (const one of ["former member", "stranger", "member"] as const) {
    const me = callers[one]!;
    await using socket = await talk(server, me);
    const asked = questions(me, channel, seq, other);
    expect(Object.keys(asked).toSorted()).toEqual(Object.keys(commandFields).toSorted());
    const before = socket.answers.length;
    for (const [name, question] of Object.entries(asked) as [CommandName, Questions["ping"]][]) {
      const outcome = outcomeOf(await socket.command(question));
      const allowed = one === "member" || open.has(name) ? "let in" : "not_a_member";
      expect([one, name, outcome]).toEqual([
        one,
        name,
        name === "hello" ? "already_greeted" : allowed,
      ]);
    }
    if (one === "member") continue;
    const told = socket.answers
      .slice(before)
      .filter(
        (answer) =>
          ("stream" in answer && answer.stream === channel) ||
          ("channel" in answer && answer.channel === channel),
      );
    expect(told).toEqual([]);
  }
  const { deactivated } = callers;
  await using refused = await dial(server);
  const greeting = questions(deactivated!, channel, seq, other).hello;
  expect(outcomeOf(await refused.command(greeting))).toBe("user_inactive");
  await using nobody = await dial(server);
  const { hello: _, ...others } = questions(deactivated!, channel, seq, other);
  for (const question of Object.values(others)) {
    expect(outcomeOf(await nobody.command(question))).toBe("hello_first");
  }
});

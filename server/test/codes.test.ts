/** Every refusal and every close of the closed lists, provoked over a real socket. A code that nobody can provoke has no place there. */
import { afterAll, expect, test } from "bun:test";
import {
  closeNamed,
  type CloseName,
  closes,
  type RefusalCode,
  refusalCodes,
  refusals,
} from "#wire/codes.ts";
import { encode, packCommand } from "#wire/codec.ts";
import type { Command, Draft } from "#wire/command.ts";
import type { Reply } from "#wire/event.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { createTokens } from "../auth/tokens.ts";
import { addChannel, addUsers } from "./channels.ts";
import { joinGroup } from "./group.ts";
import { HandClock } from "./hand-clock.ts";
import { people } from "./people.ts";
import { SlowSocket, stall } from "./slow-socket.ts";
import { secretKey, startServer } from "./start-server.ts";
import { dial, type Talk, talk } from "./talk.ts";

const clock = new HandClock();
const server = await startServer({ clock });
const ada = await server.signIn(people.ada);
const lobby = await joinGroup(server.sql, "lobby", ada.id);
afterAll(() => server[Symbol.asyncDispose]());

const expired = async (): Promise<string> => {
  const longAgo = createTokens(secretKey, () => Date.now() - 3_600_000);
  return (await longAgo.signAccessToken(ada.id, ada.sessionId)).accessToken;
};
const draft = (body: string, rest: Partial<Draft> = {}): Draft => ({
  clientMessageId: crypto.randomUUID(),
  body,
  rootSeq: null,
  ...rest,
});
const sends = (socket: Talk, channel: ChannelId, ...drafts: Draft[]): Promise<Reply> =>
  socket.command({ op: "send", channel, drafts });
const says = (socket: Talk, ...bodies: string[]): Promise<Reply> =>
  sends(socket, lobby, ...bodies.map((body) => draft(body)));
const greet = (socket: Talk, token: string): Promise<Reply> =>
  socket.command({ op: "hello", token, epoch: "", streams: [] });
const bundle = (...commands: Command[]): Uint8Array => encode(commands.map(packCommand));
const pings = (first: number): Uint8Array =>
  bundle(
    ...Array.from({ length: limits.inFlightMax }, (_, at) => ({
      op: "ping" as const,
      ref: first + at,
    })),
  );

/** The code of a refusal, or of the first draft that was refused; for `skipped` the second. */
function codeOf(reply: Reply): RefusalCode | undefined {
  if (reply.op === "refusal") return reply.code;
  const codes = reply.op === "sent" ? reply.fates.flatMap(({ code }) => code ?? []) : [];
  return codes.at(-1);
}

async function replyTo(socket: Talk, ref: number): Promise<Reply> {
  const found = () => socket.answers.find((one): one is Reply => "ref" in one && one.ref === ref);
  while (!found()) await socket.gets("pong", { op: "ping" });
  return found()!;
}

/** Does what a code says; resolves to the answer in which it must stand. */
const provoked: Record<RefusalCode, (socket: Talk) => Promise<Reply>> = {
  malformed: (socket) =>
    socket.command({ op: "history", channel: 0 as ChannelId, before: 0, limit: 1 }),
  hello_first: async () => (await dial(server)).command({ op: "ping" }),
  already_greeted: (socket) => greet(socket, ada.token),
  token_invalid: (socket) => socket.command({ op: "renew", token: "not.a.token" }),
  token_expired: async (socket) => socket.command({ op: "renew", token: await expired() }),
  user_inactive: async () => {
    const linus = await server.signIn(people.linus);
    await server.sql`update users set active = false where id = ${linus.id}`;
    return greet(await dial(server), linus.token);
  },
  slow_down: async (socket) => {
    await socket.command({ op: "summaries", channels: [lobby] });
    return socket.command({ op: "summaries", channels: [lobby] });
  },
  send_in_flight: async (socket) => {
    const send = { op: "send" as const, channel: lobby };
    socket.sendBytes(
      bundle(
        { ...send, ref: 500_001, drafts: [draft("first")] },
        { ...send, ref: 500_002, drafts: [draft("too early")] },
      ),
    );
    expect(await replyTo(socket, 500_001)).toMatchObject({ op: "sent", fates: [{ code: null }] });
    return replyTo(socket, 500_002);
  },
  not_a_member: async (socket) => {
    const channel = await addChannel(server.sql, []);
    return socket.command({ op: "open", channel, epoch: "", cursor: 0 });
  },
  channel_gone: async (socket) => {
    const channel = await addChannel(server.sql, [ada.id]);
    await server.sql`update channels set deleted_at = now() where id = ${channel}`;
    const open = { op: "open" as const, channel, epoch: "", cursor: 0 };
    expect(codeOf(await socket.command(open))).toBe("channel_gone");
    const history = { op: "history" as const, channel, before: 0, limit: 9 };
    expect(codeOf(await socket.command(history))).toBe("channel_gone");
    return sends(socket, channel, draft("anybody?"));
  },
  may_not_write: async (socket) => {
    const channel = await addChannel(server.sql, [ada.id]);
    await server.sql`update members set may_write = false where channel_id = ${channel}`;
    return sends(socket, channel, draft("may I?"));
  },
  body_empty: (socket) => says(socket, " \r\n\t"),
  body_too_long: (socket) => says(socket, "x".repeat(limits.bodyCharsMax + 1)),
  body_invalid: (socket) => says(socket, "a\u0000b"),
  root_unknown: (socket) => sends(socket, lobby, draft("to nothing", { rootSeq: 9_999 })),
  skipped: (socket) => says(socket, "", "after an empty one"),
  user_unknown: (socket) => socket.command({ op: "createDirect", user: 999_999 as UserId }),
  not_a_group: async (socket) => {
    const grace = await server.signIn(people.grace);
    const channel = await server.direct(ada, grace);
    return socket.command({ op: "renameGroup", channel, name: "us two" });
  },
  may_not_manage: async (socket) => {
    const { id } = await server.signIn(people.grace);
    await joinGroup(server.sql, "lobby", id);
    await server.sql`update members set role = 'admin' where channel_id = ${lobby} and user_id = ${id}`;
    return socket.command({ op: "removeMember", channel: lobby, user: id });
  },
  group_full: async (socket) => {
    const places = limits.groupMembersMax - 1;
    const many = await addUsers(server.sql, ...Array.from({ length: places }, (_, at) => `u${at}`));
    const channel = await addChannel(server.sql, [ada.id, ...many]);
    const [one] = await addUsers(server.sql, "One too many");
    return socket.command({ op: "addMembers", channel, users: [one!] });
  },
  status_invalid: (socket) =>
    socket.command({ op: "setStatus", status: { text: " ", until: null } }),
  name_invalid: (socket) =>
    socket.command({ op: "createGroup", id: Bun.randomUUIDv7(), name: " \n ", users: [] }),
  id_taken: async (socket) => {
    const id = Bun.randomUUIDv7();
    const grace = await server.signIn(people.grace);
    await using other = await talk(server, grace);
    await other.gets("created", { op: "createGroup", id, name: "hers", users: [] });
    return await socket.command({ op: "createGroup", id, name: "mine", users: [] });
  },
  message_unknown: (socket) => socket.command({ op: "receipts", channel: lobby, seq: 9_999 }),
  unavailable: async (socket) => {
    await server.sql`alter table messages rename to hidden`;
    const reply = socket.command({ op: "history", channel: lobby, before: 0, limit: 1 });
    await reply;
    await server.sql`alter table hidden rename to messages`;
    return reply;
  },
};

test.each(refusalCodes)("the refusal %s", async (code) => {
  await using socket = await talk(server, ada);
  const reply = await provoked[code](socket);
  expect(codeOf(reply)).toBe(code);
  if (reply.op !== "refusal") return;
  expect(reply.detail.length).toBeGreaterThan(0);
  expect(reply.retryAfterMs > 0).toBe(refusals[code].client === "retry");
});

/** Does what a close says; resolves to the socket that it must end. */
const ended: Record<CloseName, () => Promise<{ closed: Promise<number> }>> = {
  protocol_error: async () =>
    closing(await dial(server), (it) => it.sendBytes(Uint8Array.of(0xc1))),
  hello_late: async () => {
    const late = await dial(server);
    clock.pass(limits.helloSecondsMax * 1_000);
    expect(await answered(late)).toMatchObject({ code: "hello_first" });
    return closing(late, () => clock.pass(1_000));
  },
  token_invalid: async () => closing(await dial(server), (it) => void greet(it, "not.a.token")),
  token_expired: async () => {
    const token = await expired();
    return closing(await dial(server), (it) => void greet(it, token));
  },
  user_inactive: async () => {
    const alan = await server.signIn(people.alan);
    await server.sql`update users set active = false where id = ${alan.id}`;
    return closing(await dial(server), (it) => void greet(it, alan.token));
  },
  session_ended: async () => {
    const radia = await server.signIn(people.radia);
    const socket = await talk(server, radia);
    await server.sql`
      with head as (update revocation_head set seq = seq + 1 returning seq)
      insert into revocations (seq, session_id) select seq, ${radia.sessionId} from head`;
    return closing(socket, () => undefined);
  },
  slow_down: async () => {
    const socket = await talk(server, ada);
    // Reads wait for the hand of the clock: the window is full, and everything after it is one too many.
    const read = { channel: lobby, readSeq: 1, deliveredSeq: null, readFrom: null };
    const reads = Array.from({ length: limits.inFlightMax }, (_, at) => ({
      op: "read" as const,
      ref: 100 + at,
      pointers: [read],
    }));
    return closing(socket, (it) => {
      it.sendBytes(bundle(...reads));
      for (let more = 0; more < 5; more++) it.sendBytes(pings(1_000 + more * 100));
    });
  },
  behind: async () => {
    const slow = await SlowSocket.open(server.url);
    await slow.greets(ada);
    await using witness = await talk(server, ada, "lobby");
    await stall(slow, witness);
    clock.pass(250);
    clock.pass(limits.lagSecondsMax * 1_000 + 250);
    slow.readOn();
    return slow;
  },
  resync: async () =>
    closing(await talk(server, ada, "lobby"), async () => {
      await server.sql`update instance set restores = restores + 1`;
      await server.sql`
        select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'parley reading'`;
    }),
  idle: async () => {
    const socket = await talk(server, ada);
    clock.pass(limits.idleSecondsMax * 1_000);
    await answered(socket);
    clock.pass(limits.idleSecondsMax * 1_000);
    await answered(socket);
    return closing(socket, () => clock.pass(limits.idleSecondsMax * 1_000 + 1_000));
  },
  frame_too_large: async () =>
    closing(await dial(server), (it) => it.sendBytes(new Uint8Array(limits.helloBytesMax + 1))),
  restart: async () => closing(await talk(server, ada), () => server.restart()),
};

const answered = (socket: Talk): Promise<Reply> => socket.command({ op: "ping" });

async function closing(
  socket: Talk,
  why: (socket: Talk) => unknown,
): Promise<{ closed: Promise<number> }> {
  await why(socket);
  return { closed: socket.closed.then(({ code, reason }) => named(code, reason)) };
}

/** The reason in the frame must be the name. */
function named(code: number, reason: string): number {
  expect(closeNamed(code)).toBe(reason as CloseName);
  return code;
}

// The last one ends connections to the database, which takes a moment to mend.
const inOrder = [
  ...(Object.keys(closes) as CloseName[]).filter((name) => name !== "resync"),
  "resync" as const,
];

test.each(inOrder)("the close %s", async (name) => {
  const { closed } = await ended[name]();
  expect(await closed).toBe(closes[name].number);
});

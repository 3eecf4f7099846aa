import { afterAll, expect, test } from "bun:test";
import { encode, packCommand } from "#wire/codec.ts";
import type { Command, Draft } from "#wire/command.ts";
import type { Reply } from "#wire/event.ts";
import type { Seq } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { joinGroup } from "./group.ts";
import { HandClock } from "./hand-clock.ts";
import { people } from "./people.ts";
import { startServer } from "./start-server.ts";
import { dial, type Talk, talk } from "./talk.ts";

const clock = new HandClock();
const server = await startServer({ clock });
afterAll(() => server[Symbol.asyncDispose]());
const { sql } = server;
const ada = await server.signIn(people.ada);
const lobby = await joinGroup(sql, "lobby", ada.id);
const library = await joinGroup(sql, "library", ada.id);

const draft = (body: string): Draft => ({
  clientMessageId: crypto.randomUUID(),
  body,
  rootSeq: null,
});
const send = (socket: Talk, ...drafts: Draft[]) =>
  socket.gets("sent", { op: "send", channel: lobby, drafts });
const codes = ({ fates }: { fates: { code: string | null }[] }) => fates.map(({ code }) => code);
const bodies = async (): Promise<string[]> =>
  (
    await sql<
      { body: string }[]
    >`select body from messages where channel_id = ${lobby} order by seq`
  ).map(({ body }) => body);
const replies = (socket: Talk, from: number) =>
  socket.answers.filter((one): one is Reply => "ref" in one && one.ref >= from);
/** Looks again whenever another socket was answered. */
async function until(isSo: () => boolean): Promise<void> {
  await using witness = await talk(server, ada);
  while (!isSo()) await witness.gets("pong", { op: "ping" });
}
const bundle = (socket: Talk, commands: Command[]): void =>
  socket.sendBytes(encode(commands.map(packCommand)));

test("W1: drafts of one send stand in their order; after a refused one the later ones are not attempted", async () => {
  await using socket = await talk(server, ada);
  const all = await send(socket, draft("one"), draft("two"), draft("three"));
  expect(codes(all)).toEqual([null, null, null]);
  expect(all.fates.map(({ seq }) => seq)).toEqual([2, 3, 4]);
  const some = await send(socket, draft("four"), draft("a\u0007bell"), draft("six"), draft(""));
  expect(codes(some)).toEqual([null, "body_invalid", "skipped", "skipped"]);
  expect(await bodies()).toEqual(["one", "two", "three", "four"]);
});

test("W1: where the database refuses an earlier draft, one that was refused early is only skipped", async () => {
  await using socket = await talk(server, ada);
  const lost = { ...draft("a reply to nothing"), rootSeq: 9_999 };
  expect(codes(await send(socket, lost, draft("")))).toEqual(["root_unknown", "skipped"]);
});

test("W4: the same id is the same message: in one send, in a later one, and from another device", async () => {
  await using socket = await talk(server, ada);
  await using phone = await talk(server, ada);
  const once = draft("once");
  const first = await send(socket, once, once);
  const again = await send(phone, { ...once, body: "changed" });
  const seqs = [...first.fates, ...again.fates].map(({ seq }) => seq);
  expect(new Set(seqs).size).toBe(1);
  expect((await bodies()).filter((body) => body === "once" || body === "changed")).toEqual([
    "once",
  ]);
});

test("M1: a body is kept as written but for line ends and what is blank around it, and 4,000 characters are enough", async () => {
  await using socket = await talk(server, ada);
  const longest = "\u{1F642}".repeat(limits.bodyCharsMax);
  const spaced = `\n\t ${longest} \r\n`;
  expect(codes(await send(socket, draft("  a\r\n\r\n\tb\rc \n")))).toEqual([null]);
  expect(codes(await send(socket, draft(spaced)))).toEqual([null]);
  expect((await bodies()).slice(-2)).toEqual(["a\n\n\tb\nc", longest]);
  for (const [body, code] of [
    [`${longest}x`, "body_too_long"],
    [`${"x".repeat(limits.bodyCharsMax)}y`, "body_too_long"],
    ["\u2003\u00a0\r\n", "body_empty"],
    ["\u001b[31mred", "body_invalid"],
    ["delete\u007f", "body_invalid"],
  ] as const) {
    expect(codes(await send(socket, draft(body)))).toEqual([code]);
  }
});

test("M1: one session's sends to a channel stand in the order in which they came, though others write between", async () => {
  await using socket = await talk(server, ada);
  await using other = await talk(server, ada);
  const noise = Array.from({ length: 20 }, async (_, at) => {
    await using one = await talk(server, ada);
    await send(one, draft(`noise ${at}`));
  });
  const mine: Seq[] = [];
  for (let at = 0; at < 20; at++) {
    const { fates } = await send(at % 2 === 0 ? socket : other, draft(`mine ${at}`));
    mine.push(fates[0]!.seq);
  }
  await Promise.all(noise);
  expect(mine).toEqual(mine.toSorted((one, two) => one - two));
  const stored = (await bodies()).filter((body) => body.startsWith("mine"));
  expect(stored).toEqual(Array.from({ length: 20 }, (_, at) => `mine ${at}`));
});

test("W1: of two sends to one channel in a bundle the second is refused; to another channel it is not", async () => {
  await using socket = await talk(server, ada);
  bundle(socket, [
    { op: "send", ref: 500_001, channel: lobby, drafts: [draft("first")] },
    { op: "send", ref: 500_002, channel: lobby, drafts: [draft("overtaking")] },
    { op: "send", ref: 500_003, channel: library, drafts: [draft("elsewhere")] },
    { op: "ping", ref: 500_004 },
  ]);
  await until(() => replies(socket, 500_001).length === 4);
  const found = new Map(replies(socket, 500_001).map((reply) => [reply.ref, reply]));
  expect(found.get(500_001)).toMatchObject({ op: "sent", fates: [{ code: null }] });
  expect(found.get(500_002)).toMatchObject({ op: "refusal", code: "send_in_flight" });
  expect(found.get(500_003)).toMatchObject({ op: "sent", fates: [{ code: null }] });
  expect(codes(await send(socket, draft("after its reply")))).toEqual([null]);
  expect(await bodies()).not.toContain("overtaking");
});

test("W1: 64 commands may be unanswered; one more is refused, and every one has exactly one reply", async () => {
  await using socket = await talk(server, ada, "lobby");
  // They wait for the hand of the clock.
  const reads = Array.from({ length: limits.inFlightMax }, (_, at): Command => ({
    op: "read",
    ref: 500_000 + at,
    pointers: [{ channel: lobby, readSeq: at, deliveredSeq: null, readFrom: null }],
  }));
  bundle(socket, reads);
  const refused = await socket.command({ op: "ping" });
  expect(refused).toMatchObject({ op: "refusal", code: "slow_down" });
  expect(replies(socket, 500_000)).toEqual([]);
  clock.pass(250);
  await until(() => replies(socket, 500_000).length === reads.length);
  expect(await socket.command({ op: "ping" })).toMatchObject({ op: "pong" });
  expect(replies(socket, 500_000).map(({ op, ref }) => [op, ref])).toEqual(
    reads.map(({ ref }) => ["done", ref]),
  );
});

test("W1: once it is answered a command leaves the window, hello too", async () => {
  await using socket = await dial(server);
  await socket.gets("welcome", { op: "hello", token: ada.token, epoch: "", streams: [] });
  // What hello still has to tell is under way.
  const pings = Array.from({ length: limits.inFlightMax }, (_, at): Command => ({
    op: "ping",
    ref: 500_000 + at,
  }));
  bundle(socket, pings);
  await until(() => replies(socket, 500_000).length === pings.length);
  expect(new Set(replies(socket, 500_000).map(({ op }) => op))).toEqual(new Set(["pong"]));
});

test("W1: in a bundle a malformed command is refused alone, by its own ref", async () => {
  await using socket = await talk(server, ada);
  socket.sendBytes(
    encode([[99, 500_001], packCommand({ op: "ping", ref: 500_002 }), [5, 500_003, "lobby"]]),
  );
  await until(() => replies(socket, 500_001).length === 3);
  expect(replies(socket, 500_001).map(({ op, ref }) => [op, ref])).toEqual(
    expect.arrayContaining([
      ["refusal", 500_001],
      ["pong", 500_002],
      ["refusal", 500_003],
    ]),
  );
});

test("W1: text on a binary socket is a mistake of the whole socket", async () => {
  const socket = new WebSocket(`${server.url.replace("http", "ws")}/ws`, "parley.v1");
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener("close", ({ code }) => resolve(code));
  });
  socket.addEventListener("open", () => socket.send("[13,1]"));
  expect(await closed).toBe(4000);
});

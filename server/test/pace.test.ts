/** How fast users and their sockets may go, on a whole server with the numbers of one that nobody set up: just below passes, just above is refused. */
import { afterAll, expect, test } from "bun:test";
import { closes, refusals as sentences } from "#wire/codes.ts";
import { encode, packCommand } from "#wire/codec.ts";
import type { Command } from "#wire/command.ts";
import type { Reply, ReplyOf } from "#wire/event.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { subprotocols } from "#wire/version.ts";
import { entryLimits } from "../auth/entries.ts";
import { readConfig } from "../config.ts";
import { addressRates } from "../http/admission.ts";
import { paceLimits, ratesOf } from "../session/pace.ts";
import { HandClock } from "./hand-clock.ts";
import { hello } from "./hello.ts";
import { people } from "./people.ts";
import { RawSocket } from "./raw-socket.ts";
import { type SignedIn, startServer } from "./start-server.ts";
import { openStream } from "./stream-client.ts";
import { dial, type Question, type Talk, talk } from "./talk.ts";
import { frameOf, opcodes } from "./websocket-bytes.ts";

const { messagesPerSecond, commandsPerSecond, socketsPerAddress } = readConfig({});
const rates = ratesOf({ messagesPerSecond, commandsPerSecond });
const clock = new HandClock();
const server = await startServer({
  clock,
  changes: { messagesPerSecond, commandsPerSecond, socketsPerAddress },
});
afterAll(() => server[Symbol.asyncDispose]());

test("S8: the document says how fast one may go", async () => {
  const text = await Bun.file(new URL("../wire/PROTOCOL.md", import.meta.url)).text();
  const section = /\n## Pace\n(.*?)\n## /s.exec(text)![1]!;
  const told = Array.from(section.matchAll(/\| (\d+) +\| (\d+) +\|/g), ([, atOnce, perSecond]) => ({
    atOnce: Number(atOnce),
    perSecond: Number(perSecond),
  }));
  const { arrivals, requests } = addressRates(socketsPerAddress);
  const { messages, commands, socketCommands, socketBytes } = rates;
  const { refusals: borne } = paceLimits;
  expect(told).toEqual([
    messages,
    commands,
    socketCommands,
    socketBytes,
    borne,
    arrivals,
    requests,
  ]);
  expect(section).toContain(`counts as ${paceLimits.groupCommandCost}`);
  expect(section).toContain(`counts as ${paceLimits.frameBytesMin} at least`);
  const { hellosUnshared, hellosPerCommandRate, ticketsBySession } = entryLimits;
  const hellos = hellosPerCommandRate * commandsPerSecond;
  expect(section).toContain(
    `a user says \`hello\` ${hellos} times in a minute, and the first ${hellosUnshared} on each process besides; a session makes ${ticketsBySession.points} tickets in a minute`,
  );
});

/** Somebody who has said nothing yet. */
let count = 0;
const somebody = (): Promise<SignedIn> =>
  server.signIn({ name: "Somebody", email: `somebody-${++count}@parley.test` });

const draftsOf = (size: number) =>
  Array.from({ length: size }, () => ({
    clientMessageId: crypto.randomUUID(),
    body: "hello",
    rootSeq: null,
  }));
const sends = (socket: Talk, size = 1): Promise<Reply> =>
  socket.command({ op: "send", channel: socket.channel, drafts: draftsOf(size) });
/** Whether all of it was stored. */
const isStored = (reply: Reply): boolean =>
  reply.op === "sent" && reply.fates.every(({ code }) => code === null);

/** Gives commands of one sort, as many at once as the window lets, until one is refused; resolves to how many were not, and the refusal. */
async function until(ask: () => Promise<Reply>): Promise<{ passed: number; refused: Reply }> {
  for (let passed = 0; ; passed += limits.inFlightMax / 2) {
    const replies = await Promise.all(Array.from({ length: limits.inFlightMax / 2 }, ask));
    const at = replies.findIndex((reply) => reply.op === "refusal" && reply.code === "slow_down");
    if (at >= 0) return { passed: passed + at, refused: replies[at]! };
  }
}

test("S8 X3 X4: ten messages a second go untouched for as long as one likes, and a thousand a minute too", async () => {
  await using ada = await talk(server, await somebody(), "lobby");
  for (let second = 0; second < 30; second++) {
    for (let each = 0; each < 10; each++) await ada.says("again");
    clock.pass(1_000);
  }
  for (let second = 0; second < 60; second++) {
    expect(isStored(await sends(ada, 17))).toBe(true);
    clock.pass(1_000);
  }
});

test("S8: a user's messages are counted over all their sockets; one too many is refused whole, and goes when it was said to", async () => {
  const who = await somebody();
  await using one = await talk(server, who, "lobby");
  await using other = await talk(server, who, "lobby");
  await using grace = await talk(server, people.grace, "lobby");
  for (let left = rates.messages.atOnce; left > 0; left -= limits.draftsPerSendMax) {
    expect(isStored(await sends(left % 100 === 0 ? one : other, limits.draftsPerSendMax))).toBe(
      true,
    );
  }
  const seconds = 2;
  const drafts = draftsOf(seconds * messagesPerSecond);
  const { channel } = one;
  const refused = await other.command({ op: "send", channel, drafts });
  expect(refused).toMatchObject({
    op: "refusal",
    code: "slow_down",
    retryAfterMs: seconds * 1_000,
  });
  expect(isStored(await sends(grace))).toBe(true);
  clock.pass(seconds * 1_000 - 1);
  expect(isStored(await one.command({ op: "send", channel, drafts }))).toBe(false);
  clock.pass(1);
  expect(isStored(await one.command({ op: "send", channel, drafts }))).toBe(true);
});

test("S8: what a user asks for is counted, and what keeps a socket alive is not", async () => {
  const who = await somebody();
  await using asking = await talk(server, who, "lobby");
  const spent = asking.answers.filter(
    (answer) => "ref" in answer && answer.op !== "welcome",
  ).length;
  const asks = () =>
    asking.command({ op: "history", channel: asking.channel, before: 0, limit: 1 });
  const { passed, refused } = await until(asks);
  expect(passed + spent).toBe(rates.commands.atOnce);
  expect(refused).toMatchObject({ retryAfterMs: 1_000 });
  await using another = await dial(server);
  await another.command({ op: "hello", token: who.token, epoch: "", streams: [] });
  await another.gets("pong", { op: "ping" });
  await another.gets("done", { op: "renew", token: who.token });
});

const group = { channel: 1 as ChannelId, user: 1 as UserId };
test.each<Question>([
  { op: "createGroup", id: crypto.randomUUID(), name: "ours", users: [] },
  { op: "renameGroup", ...group, name: "ours" },
  { op: "addMembers", ...group, users: [group.user] },
  { op: "removeMember", ...group },
  { op: "setRole", ...group, role: "member" },
  { op: "deleteGroup", ...group },
])("S8: what changes a group counts tenfold: $op", async (command) => {
  await using socket = await dial(server);
  await hello(socket, await somebody());
  const { passed } = await until(() => socket.command(command));
  expect(passed).toBe(rates.commands.atOnce / paceLimits.groupCommandCost);
});

const bundle = (commands: readonly Command[]): Uint8Array => encode(commands.map(packCommand));
const pings = (size: number): Uint8Array =>
  bundle(Array.from({ length: size }, (_, at) => ({ op: "ping", ref: 1_000 + at })));
const refusals = (socket: Talk): number =>
  socket.answers.filter((answer) => answer.op === "refusal" && answer.code === "slow_down").length;

test("S8 W7: a socket's commands are counted, whatever they cost its user; who goes on is closed", async () => {
  await using witness = await talk(server, people.grace);
  const socket = await dial(server);
  await hello(socket, await somebody());
  const { passed } = await until(() => socket.command({ op: "ping" }));
  expect(passed).toBe(rates.socketCommands.atOnce - 1);
  while (refusals(socket) < paceLimits.refusals.atOnce) await socket.command({ op: "ping" });
  socket.sendBytes(pings(1));
  expect(await socket.closed).toEqual({ code: closes.slow_down.number, reason: "slow_down" });
  expect(refusals(socket)).toBe(paceLimits.refusals.atOnce);
  await witness.gets("pong", { op: "ping" });
});

test("S8 W7: commands that cannot be read are counted like others, before somebody has said hello too", async () => {
  const malformed = encode([13]);
  const socket = await dial(server);
  const spends = () => socket.command({ op: "ping" });
  const { passed } = await until(spends);
  expect(passed).toBe(rates.socketCommands.atOnce);
  while (refusals(socket) < paceLimits.refusals.atOnce) await spends();
  socket.sendBytes(malformed);
  expect(await socket.closed).toMatchObject({ code: closes.slow_down.number });
});

test("S8: patience comes back: four refusals a second are borne for ever", async () => {
  await using socket = await dial(server);
  await hello(socket, await somebody());
  await until(() => socket.command({ op: "ping" }));
  while (refusals(socket) < paceLimits.refusals.atOnce) await socket.command({ op: "ping" });
  for (let second = 1; second <= 10; second++) {
    clock.pass(1_000);
    const before = refusals(socket);
    while (refusals(socket) < before + paceLimits.refusals.perSecond)
      await socket.command({ op: "ping" });
  }
});

test("S8 W7: a socket's bytes are counted: frames of the largest size are answered until they are too many", async () => {
  const socket = await dial(server);
  await hello(socket, await somebody());
  const query = "x".repeat(limits.frameBytesMax - 20);
  const large = (ref: number): Uint8Array => encode([11, ref, [], query, null]);
  const frames = Math.floor(rates.socketBytes.atOnce / large(1_000).length);
  for (let ref = 1_000; ref <= 1_000 + frames; ref++) socket.sendBytes(large(ref));
  const ofLast = () =>
    socket.answers.find((answer) => "ref" in answer && answer.ref === 1_000 + frames);
  while (!ofLast()) await socket.command({ op: "ping" });
  const codes: string[] = socket.answers.flatMap((answer) =>
    answer.op === "refusal" && answer.ref >= 1_000 ? answer.code : [],
  );
  expect(codes).toEqual([...Array.from({ length: frames }, () => "malformed"), "slow_down"]);
  // Each of these counts as 64 refusals, the first of them too.
  for (let more = 0; more < 4; more++) socket.sendBytes(large(9_000));
  expect(await socket.closed).toMatchObject({ code: closes.slow_down.number });
  expect(refusals(socket)).toBe(4);
});

test("S8 W7: of a frame that is too much each of its commands is refused, and counts", async () => {
  const socket = await dial(server);
  await hello(socket, await somebody());
  const filling = encode([11, 9_000, [], "x".repeat(limits.frameBytesMax - 20), null]);
  const frames = Math.floor(rates.socketBytes.atOnce / filling.length);
  for (let sent = 0; sent < frames; sent++) socket.sendBytes(filling);
  await until(() => socket.command({ op: "ping" }));
  const before = refusals(socket);
  const bundles = Math.floor((paceLimits.refusals.atOnce - before) / limits.inFlightMax);
  for (let sent = 0; sent <= bundles; sent++) socket.sendBytes(pings(limits.inFlightMax));
  expect(await socket.closed).toMatchObject({ code: closes.slow_down.number });
  expect(refusals(socket)).toBe(before + bundles * limits.inFlightMax);
});

test("S8: the bytes of a text are those that came, not its characters", async () => {
  const who = await somebody();
  const headers = { "Sec-WebSocket-Protocol": subprotocols.json };
  using raw = await RawSocket.open(server.url, headers);
  const says = (word: unknown): void =>
    raw.write(frameOf(new TextEncoder().encode(JSON.stringify(word)), { opcode: opcodes.text }));
  const heard = (word: string): boolean =>
    raw.frames.some(({ bytes }) => Buffer.from(bytes).toString().includes(word));
  says([1, 1, who.token, "", []]);
  await raw.until(() => raw.frames.length > 1);
  const query = "€".repeat(limits.frameBytesMax / 3 - 20);
  const frames = Math.ceil(rates.socketBytes.atOnce / limits.frameBytesMax);
  for (let ref = 1; ref < frames; ref++) says([11, 1_000 + ref, [], query, null]);
  await raw.until(() => heard(`${1_000 + frames - 1}`));
  expect(heard(sentences.slow_down.sentence)).toBe(false);
  for (let ref = frames; ref < frames + 2; ref++) says([11, 1_000 + ref, [], query, null]);
  await raw.until(() => heard(sentences.slow_down.sentence));
});

test.each(["ping", "pong"] as const)(
  "S8 W7: who floods by WebSocket's own %ss is borne for a while, and closed",
  async (name) => {
    using raw = await RawSocket.open(server.url);
    const frame = frameOf(new Uint8Array(125), { opcode: opcodes[name] });
    const ping = frameOf(new Uint8Array(), { opcode: opcodes.ping });
    const borne = rates.socketBytes.atOnce / paceLimits.frameBytesMin + paceLimits.refusals.atOnce;
    raw.write(...Array.from({ length: borne - 1 }, () => frame), ping);
    await raw.until(() => raw.frames.length === (name === "ping" ? borne : 1));
    expect(raw.frames.every(({ opcode }) => opcode === opcodes.pong)).toBe(true);
    raw.write(frame);
    expect(await raw.ended).toBe(closes.slow_down.number);
  },
);

test("S8: a user has so many sockets and streams at once; one more is sent away until one of them is gone", async () => {
  const who = await somebody();
  const sockets: Talk[] = [];
  await using stream = await openStream(server, who.token);
  await stream.next("welcome");
  while (sockets.length + 1 < limits.socketsPerUserMax) sockets.push(await talk(server, who));
  const oneMore = await dial(server);
  expect(
    await oneMore.command({ op: "hello", token: who.token, epoch: "", streams: [] }),
  ).toMatchObject({
    code: "slow_down",
    retryAfterMs: limits.idleSecondsMax * 1_000,
  });
  expect(await oneMore.closed).toMatchObject({ code: closes.slow_down.number });
  await using another = await openStream(server, who.token);
  expect(await another.next("refusal")).toMatchObject({ code: "slow_down" });
  await using _other = await talk(server, await somebody());
  await sockets.pop()!.leaves();
  sockets.push(await talk(server, who));
  for (const socket of sockets) await socket.leaves();
});

test("S8: a user says hello so often in a minute; then the socket is closed, and told when another is welcome", async () => {
  const who = await somebody();
  const ways = entryLimits.hellosUnshared + entryLimits.hellosPerCommandRate * commandsPerSecond;
  for (let come = 0; come < ways; come++) {
    const socket = await dial(server);
    await socket.gets("welcome", { op: "hello", token: who.token, epoch: "", streams: [] });
    await socket.leaves();
  }
  const oneMore = await dial(server);
  const refused = await oneMore.command({ op: "hello", token: who.token, epoch: "", streams: [] });
  expect(refused).toMatchObject({ op: "refusal", code: "slow_down" });
  expect((refused as ReplyOf<"refusal">).retryAfterMs).toBeGreaterThan(1_000);
  expect(await oneMore.closed).toMatchObject({ code: closes.slow_down.number });
  await using _another = await talk(server, await somebody());
});

/** The socket's twin over streamed responses: the same commands, refusals, cursors and endings. */
import { afterAll, expect, test } from "bun:test";
import { connect } from "node:net";
import { commandText, decodeAnswers, packCommand } from "#wire/codec.ts";
import type { Answer, EventOf } from "#wire/event.ts";
import { limits } from "#wire/limits.ts";
import { within } from "#lib/wait.ts";
import { ticketSeconds } from "../auth/tickets.ts";
import { streamLimits } from "../http/streams.ts";
import { HandClock } from "./hand-clock.ts";
import { people } from "./people.ts";
import { RestClient } from "./rest-client.ts";
import { startServer } from "./start-server.ts";
import { openStream, readEvents } from "./stream-client.ts";
import { talk } from "./talk.ts";

const server = await startServer();
const ada = await server.signIn(people.ada);
const grace = await server.signIn(people.grace);
const linus = await server.signIn(people.linus);
afterAll(() => server[Symbol.asyncDispose]());

const draft = (body: string) => ({ clientMessageId: Bun.randomUUIDv7(), body, rootSeq: null });
const bodiesOf = (answers: readonly Answer[]): string[] =>
  answers.flatMap((answer) =>
    answer.op === "interval"
      ? answer.rows.flatMap((row) => (row.kind === "message" && row.body ? row.body.body : []))
      : [],
  );

test("E7 E10: who comes by a stream is welcomed, says and hears as by a socket, and a socket hears them", async () => {
  await using socket = await talk(server, grace, ada);
  await using stream = await openStream(server, ada.token);
  expect(await stream.next("welcome")).toMatchObject({ user: ada.id });
  await stream.next("caughtUp");
  const { channel } = socket;
  expect(await stream.command({ op: "open", channel, epoch: "", cursor: 0 })).toMatchObject({
    op: "opened",
  });
  const sent = await stream.command({ op: "send", channel, drafts: [draft("by a stream")] });
  expect(sent).toMatchObject({ op: "sent", fates: [{ code: null }] });
  expect(await socket.hears(1)).toEqual(["by a stream"]);
  await socket.says("by a socket");
  await stream.next("interval", (answer) => bodiesOf([answer]).includes("by a socket"));
  expect(bodiesOf(stream.events.answers)).toEqual(["by a stream", "by a socket"]);
  await socket.gets("done", { op: "typing", channel, typing: true });
  expect(await stream.next("typingChanged")).toMatchObject({ user: grace.id, typing: true });
});

test("E10: frames are executed in the order of their numbers, each once, whichever comes first", async () => {
  await using socket = await talk(server, grace, ada);
  await using stream = await openStream(server, ada.token);
  await stream.next("caughtUp");
  const { channel } = socket;
  const frame = (ref: number, body: string) =>
    packCommand({ op: "send", ref, channel, drafts: [draft(body)] });
  const [one, two, three] = [frame(11, "one"), frame(12, "two"), frame(13, "three")];
  expect((await stream.post(3, three)).status).toBe(202);
  expect((await stream.post(2, two)).status).toBe(202);
  await socket.gets("pong", { op: "ping" });
  expect(socket.heard).toEqual([]);
  // One unanswered send per channel: each waits for the reply before it, as a client does.
  await stream.post(1, one);
  const fates = await stream.next("refusal").catch(() => undefined);
  expect(fates).toMatchObject({ op: "refusal", code: "send_in_flight" });
  expect(await socket.hears(1)).toEqual(["one"]);
  expect((await stream.post(1, one)).status).toBe(202);
  await socket.gets("pong", { op: "ping" });
  expect(socket.heard.map(({ body }) => body!.body)).toEqual(["one"]);
});

test("E10: a frame may be so far ahead and no further", async () => {
  await using stream = await openStream(server, ada.token);
  const ping = packCommand({ op: "ping", ref: 9 });
  expect((await stream.post(streamLimits.aheadMax, ping)).status).toBe(202);
  expect((await stream.post(streamLimits.aheadMax + 1, ping)).status).toBe(409);
});

test("S8 W7: frames that are ahead hold so many bytes together and no more, and each but once; the missing one sets them free", async () => {
  await using stream = await openStream(server, ada.token);
  await stream.next("welcome"); // Before that no frame may be so large.
  const { aheadBytesMax } = streamLimits;
  const text = await Bun.file(new URL("../wire/PROTOCOL.md", import.meta.url)).text();
  expect(text).toContain(`Up to ${streamLimits.aheadMax}, of ${aheadBytesMax} bytes together`);
  const [ref, filling] = [9, "x".repeat(limits.frameBytesMax - 20)];
  const large = [11, ref, [], filling, null];
  const [per, one] = [JSON.stringify(large).length, packCommand({ op: "ping", ref })];
  const many = Math.floor(aheadBytesMax / per);
  for (let number = 2; number < 2 + many; number++) {
    expect((await stream.post(number, large)).status).toBe(202);
    expect((await stream.post(number, large)).status).toBe(202);
  }
  expect((await stream.post(2 + many, large)).status).toBe(409);
  expect((await stream.post(1, large)).status).toBe(202);
  expect((await stream.post(2 + many, one)).status).toBe(202);
  expect((await stream.post(4 + many, large)).status).toBe(202);
});

test("W2 E10: who comes back with cursors gets what was missed, and nothing twice", async () => {
  await using socket = await talk(server, grace, ada);
  const { channel } = socket;
  let held: { epoch: string; streams: { stream: number; cursor: number }[] };
  {
    await using stream = await openStream(server, ada.token);
    await stream.next("caughtUp");
    await stream.command({ op: "open", channel, epoch: "", cursor: 0 });
    const { epoch } = (await stream.next("welcome")) as Answer & { op: "welcome" };
    const [cursor] = await server.sql<
      { head: number }[]
    >`select head from channels where id = ${channel}`;
    held = {
      epoch,
      streams: [
        { stream: ada.id, cursor: 0 },
        { stream: channel, cursor: cursor!.head },
      ],
    };
  }
  await socket.says("while you were away");
  await using again = await openStream(server, ada.token, held);
  await again.next("caughtUp");
  expect(bodiesOf(again.events.answers)).toEqual(["while you were away"]);
});

test("S1 E1: a stream without a good hello ends with the code that a socket would have", async () => {
  await using wrong = await openStream(server, "not.a.token");
  const { data } = await wrong.events.until(({ event }) => event === "close");
  expect(JSON.parse(data)).toEqual({ code: 4002, reason: "token_invalid" });
  await wrong.events.ended;
  expect((await wrong.post(1, packCommand({ op: "ping", ref: 1 }))).status).toBe(410);
});

test("S10 C11: a stream is told nothing of a channel that its user is not in", async () => {
  await using socket = await talk(server, grace, ada);
  await using stream = await openStream(server, linus.token);
  await stream.next("caughtUp");
  const refused = await stream.command({
    op: "open",
    channel: socket.channel,
    epoch: "",
    cursor: 0,
  });
  expect(refused).toMatchObject({ code: "not_a_member" });
  await socket.says("among ourselves");
  await stream.command({ op: "ping" });
  expect(bodiesOf(stream.events.answers)).toEqual([]);
});

test("B17 P1: a session that ends closes its stream, and who leaves a stream has gone", async () => {
  const radia = await server.signIn(people.radia);
  await using stream = await openStream(server, radia.token);
  await stream.next("caughtUp");
  await server.sql.begin(async (tx) => {
    await tx`update sessions set ended_at = now() where id = ${radia.sessionId}`;
    await tx`with head as (update revocation_head set seq = seq + 1 returning seq)
      insert into revocations (seq, session_id) select seq, ${radia.sessionId} from head`;
  });
  const { data } = await stream.events.until(({ event }) => event === "close");
  expect(JSON.parse(data)).toMatchObject({ reason: "session_ended" });
});

test("E7 E8 R32: a ticket opens readable events once; they carry messages, typing, receipts and presence with ISO times", async () => {
  await using socket = await talk(server, grace, ada);
  const { channel } = socket;
  const { json } = await new RestClient(server, ada).post("/stream/ticket", undefined);
  const url = `${server.url}/api/v1/stream/events?ticket=${json.ticket}&channel=${channel}`;
  await using events = await readEvents(url);
  const dataOf = async (event: string) =>
    JSON.parse((await events.until((said) => said.event === event)).data);
  expect(await dataOf("connected")).toMatchObject({
    user: ada.id,
    now: expect.stringMatching(/Z$/),
  });
  await events.until(({ event }) => event === "presence");
  const seq = await socket.says("readable");
  expect(await dataOf("message")).toMatchObject({
    channel,
    seq,
    authorId: grace.id,
    body: "readable",
    createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
  });
  // Nothing tells a listener from when on its channel is open: it is said until it is heard.
  const typed = dataOf("typing");
  do await socket.gets("done", { op: "typing", channel, typing: true });
  while (!(await within(100, typed)));
  expect(await typed).toEqual({ channel, user: grace.id, typing: true });
  await socket.gets("done", {
    op: "read",
    pointers: [{ channel, readSeq: seq, deliveredSeq: seq, readFrom: null }],
  });
  expect(await dataOf("read_receipt")).toMatchObject({ channel, user: grace.id, readSeq: seq });
  const second = await fetch(url);
  expect([second.status, ((await second.json()) as { code: string }).code]).toEqual([
    401,
    "ticket_invalid",
  ]);
});

test("R32: a ticket lives for a minute, and is nobody's without a token", async () => {
  const clock = new HandClock();
  await using timed = await startServer({ clock });
  const me = await timed.signIn(people.ada);
  const client = new RestClient(timed, me);
  const [early, late] = [
    await client.post("/stream/ticket", undefined),
    await client.post("/stream/ticket", undefined),
  ];
  clock.pass(ticketSeconds * 1_000 - 1);
  const opened = await readEvents(`${timed.url}/api/v1/stream/events?ticket=${early.json.ticket}`);
  await opened[Symbol.asyncDispose]();
  clock.pass(1);
  const answer = await fetch(`${timed.url}/api/v1/stream/events?ticket=${late.json.ticket}`);
  expect(answer.status).toBe(401);
  expect((await new RestClient(timed).post("/stream/ticket", undefined)).status).toBe(401);
});

test("R32: a ticket made by one worker is good on another, for one of many who ask at once; what is stored lets nobody in", async () => {
  await using other = await startServer({ database: server.database });
  const client = new RestClient(server, ada);
  const { json } = await client.post("/stream/ticket", undefined);
  const [kept] = await server.sql`select * from stream_tickets order by expires_at desc limit 1`;
  for (const secret of [json.ticket, ada.token]) {
    expect(Buffer.concat([kept!["hash"], kept!["sealed"]]).includes(secret)).toBe(false);
  }
  const asked = await Promise.all(
    [server, other, server, other].map(({ url }) =>
      fetch(`${url}/api/v1/stream/events?ticket=${json.ticket}`),
    ),
  );
  expect(asked.filter(({ status }) => status === 200)).toHaveLength(1);
  await Promise.all(asked.map(({ body }) => body!.cancel()));
});

test("R32: tickets that nobody spent go when another is made", async () => {
  const clock = new HandClock();
  await using timed = await startServer({ clock });
  const client = new RestClient(timed, await timed.signIn(people.ada));
  await client.post("/stream/ticket", undefined);
  clock.pass(ticketSeconds * 1_000);
  await client.post("/stream/ticket", undefined);
  expect(await timed.sql`select from stream_tickets`).toHaveLength(1);
});

test("E7 U15: a stream beats, also one that only listens and says nothing for longer than the idle limit", async () => {
  const clock = new HandClock();
  await using timed = await startServer({ clock });
  const me = await timed.signIn(people.ada);
  const { json } = await new RestClient(timed, me).post("/stream/ticket", undefined);
  await using events = await readEvents(`${timed.url}/api/v1/stream/events?ticket=${json.ticket}`);
  await events.until(({ event }) => event === "connected");
  await using silent = await openStream(timed, me.token);
  await silent.next("caughtUp");
  clock.pass(streamLimits.beatSeconds * 1_000);
  await events.until(({ event }) => event === "heartbeat");
  clock.pass(limits.idleSecondsMax * 1_000);
  const { data } = await silent.events.until(({ event }) => event === "close");
  expect(JSON.parse(data).reason).toBe("idle");
  // The listener lives: it still beats.
  const beats = () => events.said.filter(({ event }) => event === "heartbeat").length;
  const before = beats();
  clock.pass(streamLimits.beatSeconds * 1_000);
  await events.until(() => beats() > before);
});

test("R33: five numbered events arrive one by one", async () => {
  await using events = await readEvents(`${server.url}/api/v1/stream/test`);
  await events.until(({ event }) => event === "end");
  const tests = events.said
    .filter(({ event }) => event === "test")
    .map(({ data }) => JSON.parse(data) as { number: number; now: string });
  expect(tests.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5]);
  expect(new Set(tests.map(({ now }) => now)).size).toBe(5);
});

test("E12 W8: a server that drains says so on its streams", async () => {
  const other = await startServer();
  const me = await other.signIn(people.ada);
  await using stream = await openStream(other, me.token);
  await stream.next("caughtUp");
  const draining = other[Symbol.asyncDispose]();
  const { data } = await stream.events.until(({ event }) => event === "close");
  expect(JSON.parse(data)).toEqual({ code: 1012, reason: "restart" });
  await draining;
});

test("D23 E7: curl -N with a ticket shows readable events", async () => {
  await using socket = await talk(server, grace, ada);
  const { json } = await new RestClient(server, ada).post("/stream/ticket", undefined);
  const curl = Bun.spawn(
    ["curl", "-sN", `${server.url}/api/v1/stream/events?ticket=${json.ticket}`],
    { stdout: "pipe" },
  );
  let shown = "";
  const reader = curl.stdout.getReader();
  const until = async (text: string) => {
    while (!shown.includes(text)) shown += new TextDecoder().decode((await reader.read()).value);
  };
  await until("event: connected");
  await until("event: presence");
  await socket.says("seen in a terminal");
  await until('"body":"seen in a terminal"');
  curl.kill();
  await curl.exited;
});

test("the frames of a stream are those of parley.v1.json", async () => {
  await using stream = await openStream(server, ada.token);
  await stream.next("caughtUp");
  for (const { event, data } of stream.events.said) {
    if (event !== "message") continue;
    expect(() => decodeAnswers(data)).not.toThrow();
    expect(data).toBe(JSON.stringify(JSON.parse(data)));
  }
  const presence = stream.events.answers.filter(
    (one): one is EventOf<"presence"> => one.op === "presence",
  );
  expect(presence.length).toBeGreaterThanOrEqual(0);
});

test("W6 E10: a stream that is not read is told no more, then asked what it holds, and the others go on", async () => {
  await using socket = await talk(server, grace, ada);
  const { channel } = socket;
  await using reading = await openStream(server, ada.token);
  await reading.next("caughtUp");
  const { hostname, port } = new URL(server.url);
  const raw = connect(Number(port), hostname);
  const body = commandText({ op: "hello", ref: 1, token: ada.token, epoch: "", streams: [] });
  raw.write(
    `POST /api/v1/stream HTTP/1.1\r\nHost: ${hostname}:${port}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  let text = "";
  let look = (): void => undefined;
  raw.on("data", (bytes: Buffer) => {
    text += bytes.toString("latin1");
    look();
  });
  const until = (shape: RegExp) =>
    new Promise<string>((resolve) => {
      look = () => {
        const [, found = ""] = shape.exec(text) ?? [undefined];
        if (shape.test(text)) resolve(found);
      };
      look();
    });
  const id = await until(/"id":"([^"]+)"/);
  await until(/\[131\]/);
  raw.pause(); // From here on it reads no more.
  const filler = "x".repeat(limits.bodyCharsMax);
  let last = 0;
  // 60 KB each time: more than two kernels and the budget take.
  for (let round = 0; round < 200; round++) {
    const { fates } = await socket.gets("sent", {
      op: "send",
      channel,
      drafts: Array.from({ length: 15 }, () => draft(filler)),
    });
    last = fates.at(-1)!.seq;
  }
  expect(await reading.command({ op: "ping" })).toMatchObject({ op: "pong" });
  text = "";
  raw.resume();
  await until(/data: \[136\]/);
  expect(text).not.toContain(`[1,${last},${last},[`);

  const streams = [
    { stream: ada.id, cursor: 0 },
    { stream: channel, cursor: 1 },
  ];
  text = "";
  const resumed = await fetch(`${server.url}/api/v1/stream/${id}/1`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: commandText({ op: "resume", ref: 77, epoch: "", streams }),
  });
  expect(resumed.status).toBe(202);
  await until(/data: \[65,77\]/);
  // Too far behind for intervals: the newest page, up to the last message.
  expect(text).toContain(`data: [129,${channel},${last},`);
  const { fates } = await socket.gets("sent", { op: "send", channel, drafts: [draft("and on")] });
  await until(new RegExp(`data: \\[128,${channel},${last},${fates[0]!.seq},`));
  raw.destroy();
});

/** Two people, several devices: what each sees of the others. Time is turned by hand. */
import { afterAll, expect, test } from "bun:test";
import type { EventOf, ReplyOf } from "#wire/event.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { typingMs } from "#wire/limits.ts";
import { feedMs } from "../presence/feed.ts";
import { graceMs } from "../presence/presence.ts";
import { HandClock } from "./hand-clock.ts";
import { people } from "./people.ts";
import { startServer } from "./start-server.ts";
import { type Talk, talk } from "./talk.ts";

const clock = new HandClock();
const server = await startServer({ clock });
afterAll(() => server[Symbol.asyncDispose]());

const pings = (socket: Talk) => socket.gets("pong", { op: "ping" });
const typing = (socket: Talk, isTyping: boolean) =>
  socket.gets("done", { op: "typing", channel: socket.channel, typing: isTyping });
const opens = (socket: Talk, channel: ChannelId) =>
  socket.gets("opened", { op: "open", channel, epoch: "", cursor: 0 });
const typed = (socket: Talk) =>
  socket.answers
    .filter((one): one is EventOf<"typingChanged"> => one.op === "typingChanged")
    .map(({ typing: isTyping }) => isTyping);
const seen = (socket: Talk, user: UserId) =>
  socket.answers.flatMap((one) =>
    one.op === "presence" ? one.people.filter((person) => person.user === user) : [],
  );

/** What people's comings and goings are gathered for is over. */
async function tellsPresence(socket: Talk): Promise<void> {
  await pings(socket);
  clock.pass(feedMs);
  await pings(socket);
}

/** `read` is written together with others: 250 ms by the clock. */
async function reads(
  socket: Talk,
  pointers: { readSeq?: number; deliveredSeq?: number; readFrom?: number },
): Promise<void> {
  const { channel } = socket;
  const pointer = { channel, readSeq: null, deliveredSeq: null, readFrom: null, ...pointers };
  const done = socket.gets("done", { op: "read", pointers: [pointer] });
  await pings(socket); // It has arrived.
  clock.pass(250);
  await done;
}

test("C1: a direct channel comes into being once, whoever asks and how often, and appears in both lists at once", async () => {
  await using ada = await talk(server, people.ada);
  await using grace = await talk(server, people.grace);
  const both = await Promise.all(
    [ada, grace, ada, grace].map((socket) =>
      socket.gets("direct", {
        op: "createDirect",
        user: socket === ada ? grace.me!.id : ada.me!.id,
      }),
    ),
  );
  expect(new Set(both.map(({ channel }) => channel)).size).toBe(1);
  const { channel, textId } = both[0]!;
  expect(textId).toBe(`dm-${ada.me!.id}-${grace.me!.id}`);
  for (const socket of [ada, grace]) {
    const mine = await socket.next("interval", ({ stream }) => stream === socket.me!.id);
    const other = socket === ada ? grace.me! : ada.me!;
    expect(mine.rows).toMatchObject([
      { kind: "membership", entity: channel, body: { peer: { id: other.id, name: other.name } } },
    ]);
    await socket.next("summary", (summary) => summary.channel === channel);
  }
});

test("C1 W2: where a new channel was never announced, asking again for it tells both within a second", async () => {
  await using ada = await talk(server, people.ada);
  await using alan = await talk(server, people.alan);
  // Committed, and then whoever did it died.
  const channel = await server.direct(ada.me!, alan.me!);
  const { channel: found } = await ada.gets("direct", { op: "createDirect", user: alan.me!.id });
  expect(found).toBe(channel);
  clock.pass(1_000);
  for (const socket of [ada, alan]) {
    await socket.next(
      "interval",
      ({ stream, rows }) =>
        stream === socket.me!.id &&
        rows.some(({ kind, entity }) => kind === "membership" && entity === channel),
    );
    await socket.next("summary", (summary) => summary.channel === channel);
  }
});

test("M27: what is said, read and marked on one device is so on the person's other devices", async () => {
  await using laptop = await talk(server, people.ada, people.grace);
  await using phone = await talk(server, people.ada, people.grace);
  await using grace = await talk(server, people.grace, people.ada);
  const first = await grace.says("are you there?");
  const second = await laptop.says("yes");
  for (const device of [laptop, phone, grace]) {
    while (device.announced.length < 2) await device.next("interval");
    expect(device.announced.map(({ entity }) => entity)).toEqual([first, second]);
  }
  await reads(laptop, { readSeq: second, deliveredSeq: second });
  await reads(phone, { readFrom: first - 1 });
  const pointers = ({ rows }: EventOf<"interval">) => rows.some(({ kind }) => kind === "pointer");
  for (const device of [laptop, phone]) {
    const own = [await device.next("interval", pointers), await device.next("interval", pointers)];
    expect(own.map(({ rows }) => rows[0]!.body)).toEqual([
      { readSeq: second, deliveredSeq: second, readFrom: second },
      { readSeq: second, deliveredSeq: second, readFrom: first - 1 },
    ]);
  }
  const told = await grace.next("pointers");
  expect(told.pointers).toEqual([{ user: laptop.me!.id, readSeq: second, deliveredSeq: second }]);
  // What is private does not go to others: neither the mark nor a pointer that nobody could see moving.
  await pings(grace);
  expect(grace.answers.filter(({ op }) => op === "pointers")).toHaveLength(1);
  const { pointers: open } = await opens(grace, grace.channel);
  expect(open).toEqual(told.pointers);
});

test("M1: the others have a message as it was stored, with its author, its id and its time", async () => {
  await using ada = await talk(server, people.ada, people.grace);
  await using grace = await talk(server, people.grace, people.ada);
  const clientMessageId = crypto.randomUUID();
  const drafts = [{ clientMessageId, body: "🦋 moth", rootSeq: null }];
  const { fates } = await ada.gets("sent", { op: "send", channel: ada.channel, drafts });
  const { seq, createdAt } = fates[0]!;
  const { from, through, rows } = await grace.next(
    "interval",
    (one) => one.stream === ada.channel && one.through === seq,
  );
  expect([from, through]).toEqual([seq - 1, seq]);
  expect(rows).toMatchObject([
    {
      entity: seq,
      version: seq,
      body: { authorId: ada.me!.id, clientMessageId, createdAt, body: "🦋 moth", rootSeq: null },
    },
  ]);
  const [row] = await server.sql<{ body: string; created_at: Date }[]>`
    select body, created_at from messages where client_message_id = ${clientMessageId}`;
  expect([row!.body, row!.created_at.getTime()]).toEqual(["🦋 moth", createdAt]);
});

test("C10: open and close as fast as one can, one hears the live events of what is open, and messages of all", async () => {
  await using ada = await talk(server, people.ada, people.linus);
  await using linus = await talk(server, people.linus, people.ada);
  const { channel } = linus;
  const other = await server.direct(linus.me!, await server.signIn(people.margaret));
  const commands = Array.from({ length: 10 }, () => [
    linus.gets("done", { op: "close", channel }),
    opens(linus, other),
    opens(linus, channel),
    linus.gets("done", { op: "close", channel: other }),
  ]).flat();
  await Promise.all(commands);
  await typing(ada, true);
  expect(await linus.next("typingChanged")).toMatchObject({ channel, typing: true });

  await linus.gets("done", { op: "close", channel });
  await typing(ada, false);
  const seq = await ada.says("still heard");
  await linus.next("interval", (one) => one.stream === channel && one.through === seq);
  await pings(linus);
  expect(typed(linus)).toEqual([true]);
  // Closing what is not open is no mistake.
  await linus.gets("done", { op: "close", channel });
});

test("T1 T2: others see somebody write while it goes on, told at most once a second, and its end", async () => {
  await using ada = await talk(server, people.ada, people.radia);
  await using radia = await talk(server, people.radia, people.ada);
  for (let at = 0; at < 3; at++) await typing(ada, true);
  clock.pass(typingMs.repeat);
  await typing(ada, true);
  await typing(ada, false);
  await typing(ada, false);
  for (let at = 0; at < 3; at++) await radia.next("typingChanged");
  await pings(radia);
  expect(typed(radia)).toEqual([true, true, false]);
});

test("T3: who falls silent is forgotten after 5 s, and who leaves at once; another device goes on", async () => {
  await using ada = await talk(server, people.ada, people.alan);
  const alan = await talk(server, people.alan, people.ada);
  await using desk = await talk(server, people.alan, people.ada);
  await typing(alan, true);
  clock.pass(typingMs.forget - 1);
  await pings(ada);
  expect(typed(ada)).toEqual([true]);
  clock.pass(1);
  await ada.next("typingChanged", (one) => !one.typing);

  await typing(desk, true);
  await typing(alan, false); // The other device had nothing to end.
  await alan.leaves();
  await pings(ada);
  expect(typed(ada)).toEqual([true, false, true]);
  await desk.leaves();
  await ada.next("typingChanged", (one) => !one.typing);
  expect(typed(ada)).toEqual([true, false, true, false]);
});

test("P1 P5: those who list somebody see them come at once and go after 15 s; a reload is not an absence", async () => {
  await using ada = await talk(server, people.ada);
  const katherine = await server.signIn(people.katherine);
  const ids = [katherine.id];
  const page = () => ada.gets("peoplePage", { op: "people", ids, query: "", after: null });
  expect((await page()).people).toMatchObject([{ id: katherine.id, online: false }]);

  const phone = await talk(server, katherine);
  await tellsPresence(ada);
  const came = await ada.next("presence", (one) => one.people[0]!.user === katherine.id);
  expect(came.people).toEqual([
    { user: katherine.id, online: true, lastSeenAt: null, away: false },
  ]);
  const tablet = await talk(server, katherine);
  await phone.leaves();
  await pings(ada);
  clock.pass(graceMs);
  await tablet.leaves();
  await pings(ada);
  clock.pass(graceMs - 1);
  const reloaded = await talk(server, katherine);
  clock.pass(graceMs);
  await tellsPresence(ada);
  expect(seen(ada, katherine.id)).toHaveLength(1);
  expect((await page()).people).toMatchObject([{ online: true }]);

  const leftAtMs = clock.now();
  await reloaded.leaves();
  await pings(ada);
  clock.pass(graceMs - feedMs - 1);
  await tellsPresence(ada);
  expect(seen(ada, katherine.id)).toHaveLength(1);
  clock.pass(1);
  await tellsPresence(ada);
  await ada.next("presence", ({ people: [one] }) => one!.user === katherine.id && !one!.online);
  expect(seen(ada, katherine.id).at(-1)).toEqual({
    user: katherine.id,
    online: false,
    lastSeenAt: leftAtMs,
    away: false,
  });
  expect((await page()).people).toMatchObject([{ online: false }]);
});

test("P1: of somebody whom one neither listed nor has a direct channel with one hears nothing", async () => {
  await using grace = await talk(server, people.grace);
  const edsger = await server.signIn(people.edsger);
  await using he = await talk(server, edsger);
  await he.leaves();
  clock.pass(graceMs);
  await tellsPresence(grace);
  expect(seen(grace, edsger.id)).toEqual([]);
});

test("U4: people are found by the beginning of a name, a word of it or an address, page by page", async () => {
  await using ada = await talk(server, people.ada);
  await server.sql`
    insert into users (name) select 'Person "\\ ' || lpad(n::text, 3, '0') from generate_series(1, 70) n`;
  const found: string[] = [];
  let after: string | null = null;
  do {
    const page: ReplyOf<"peoplePage"> = await ada.gets("peoplePage", {
      op: "people",
      ids: [],
      query: "person",
      after,
    });
    found.push(...page.people.map(({ name }) => name));
    after = page.after;
  } while (after !== null);
  expect(found).toHaveLength(70);
  expect(found).toEqual(found.toSorted());
  const hop = await ada.gets("peoplePage", { op: "people", ids: [], query: "hop", after: null });
  expect(hop.people.map(({ name }) => name)).toEqual([people.grace.name]);
  expect(
    await ada.command({ op: "people", ids: [], query: "", after: "of no page" }),
  ).toMatchObject({ code: "malformed" });
});

test("M20: a summary counts what others said after one's own mark; a second question within a second must wait", async () => {
  await using ada = await talk(server, people.ada, people.edsger);
  await using edsger = await talk(server, people.edsger, people.ada);
  for (const body of ["one", "two", "three"]) await ada.says(body);
  await edsger.says("mine does not count");
  const { channel } = edsger;
  clock.pass(1_000);
  await edsger.gets("done", { op: "summaries", channels: [channel] });
  const summary = edsger.answers.findLast((one) => one.op === "summary");
  expect(summary).toMatchObject({
    channel,
    unread: 3,
    lastMessage: { body: { body: "mine does not count" } },
  });
  expect(await edsger.command({ op: "summaries", channels: [channel] })).toMatchObject({
    code: "slow_down",
  });
});

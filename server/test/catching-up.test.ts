import { afterAll, expect, test } from "bun:test";
import { encodeAnswer } from "#wire/codec.ts";
import type { Answer, EventOf } from "#wire/event.ts";
import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { joinGroup } from "./group.ts";
import { HandClock } from "./hand-clock.ts";
import { hello } from "./hello.ts";
import { people } from "./people.ts";
import { Reader } from "./reader.ts";
import { SlowSocket, stall } from "./slow-socket.ts";
import { startServer } from "./start-server.ts";
import { dial, type Talk, talk } from "./talk.ts";

const clock = new HandClock();
const server = await startServer({ clock });
afterAll(() => server[Symbol.asyncDispose]());
const { sql } = server;
const ada = await server.signIn(people.ada);
const grace = await server.signIn(people.grace);

/** Messages as if they had been sent, so many that a socket would take a while. */
async function fill(channel: ChannelId, author: UserId, count: number, body = "x"): Promise<Seq> {
  const [{ head } = { head: 0 }] = await sql<{ head: Seq }[]>`
    update channels set head = head + ${count}, last_message_seq = head + ${count}
     where id = ${channel} returning head`;
  await sql`
    insert into messages (channel_id, seq, author_id, client_message_id, body)
    select ${channel}, ${head - count} + n, ${author}, gen_random_uuid(), ${body}
      from generate_series(1, ${count}) n`;
  return head;
}
const group = async (name: string): Promise<ChannelId> => {
  await joinGroup(sql, name, ada.id);
  return joinGroup(sql, name, grace.id);
};
const ofStream = (answers: readonly Answer[], stream: StreamId) =>
  answers.filter(
    (one): one is EventOf<"interval"> | EventOf<"reset"> =>
      (one.op === "interval" || one.op === "reset") && one.stream === stream,
  );
const isOf = (answer: Answer, channel: ChannelId): boolean =>
  answer.op === "summary" ? answer.channel === channel : ofStream([answer], channel).length > 0;
async function resumed(socket: Talk, epoch: string, stream: StreamId, cursor: Seq) {
  const since = socket.answers.length;
  await socket.gets("done", { op: "resume", epoch, streams: [{ stream, cursor }] });
  return ofStream(socket.answers.slice(since), stream);
}

test("W2: one may be 1,000 rows behind, however long ago that was; 1,001 start anew", async () => {
  const channel = await group("long ago");
  const head = await fill(channel, ada.id, 1_001);
  await sql`update messages set created_at = now() - interval '9 years' where channel_id = ${channel}`;
  await using socket = await dial(server);
  const { epoch } = await hello(socket, grace);

  const intervals = await resumed(socket, epoch, channel, head - 1_000);
  expect(intervals.map(({ op }) => op)).not.toContain("reset");
  const reader = new Reader();
  reader.streams.set(channel, { rows: new Map(), since: 0, resetAt: 0, cursor: head - 1_000 });
  for (const interval of intervals) reader.apply(interval);
  expect([reader.messages(channel).length, reader.cursorOf(channel)]).toEqual([1_000, head]);

  const [reset, ...more] = await resumed(socket, epoch, channel, head - 1_001);
  expect(more).toEqual([]);
  expect(reset).toMatchObject({ op: "reset", through: head, since: head - 49, older: true });
  expect(reset!.rows.filter(({ kind }) => kind === "message")).toHaveLength(limits.pageRowsMax);
});

test("W2: a cursor above the head, of another epoch, or of nothing is a reset; one at the head gets nothing", async () => {
  const channel = await group("another history");
  const head = await fill(channel, ada.id, 3);
  await using socket = await dial(server);
  const { epoch } = await hello(socket, grace);
  const whole = { op: "reset", through: head, since: 0, older: false };
  for (const [named, cursor] of [
    [epoch, head + 1],
    ["another", head - 1],
    ["", 0],
  ] as const) {
    const [reset] = await resumed(socket, named, channel, cursor);
    expect(reset).toMatchObject(whole);
    expect(reset!.rows.filter(({ kind }) => kind === "member")).toHaveLength(2);
  }
  expect(await resumed(socket, epoch, channel, head)).toEqual([]);
  const [own] = await resumed(socket, epoch, grace.id, 9_999);
  expect(own).toMatchObject({ op: "reset", through: 0, rows: [] });
});

test("W2: hello brings what is missing of the named channels, a summary of the others, and both where one starts anew", async () => {
  const [named, current, unnamed, ahead] = await Promise.all(
    ["named", "current", "unnamed", "ahead"].map(group),
  );
  const head = await fill(named!, ada.id, 5);
  const heads = await fill(current!, ada.id, 2);
  await fill(unnamed!, ada.id, 4);
  await using first = await dial(server);
  const { epoch } = await hello(first, grace);
  await using socket = await dial(server);
  await hello(socket, grace, {
    epoch,
    streams: [
      { stream: grace.id, cursor: 0 },
      { stream: named!, cursor: head - 3 },
      { stream: current!, cursor: heads },
      { stream: ahead!, cursor: 9_999 },
    ],
  });
  const summaries = socket.answers.filter((one) => one.op === "summary");
  const summed = new Set(summaries.map(({ channel }) => channel));
  expect(summaries.find(({ channel }) => channel === unnamed)).toMatchObject({
    asOf: 6,
    unread: 4,
    lastMessage: { entity: 6 },
  });
  expect(summed.has(named!)).toBe(true);
  expect(summed.has(ahead!)).toBe(true);
  expect(summed.has(current!)).toBe(false);
  expect(ofStream(socket.answers, named!)).toMatchObject([{ from: head - 3, through: head }]);
  expect(ofStream(socket.answers, current!)).toEqual([]);
  expect(ofStream(socket.answers, ahead!)).toMatchObject([{ op: "reset" }]);
});

test("W2: the 256 newest channels are summed before caughtUp, the others after it, none twice", async () => {
  const linus = await server.signIn(people.linus);
  await sql`
    with made as (
      insert into channels (text_id, kind, head, created_at)
      select 'many-' || n, 'group', 1, now() from generate_series(1, 300) n returning id
    ), joined as (
      insert into members (channel_id, user_id, joined_at)
      select id, ${linus.id}, now() - id * interval '1 second' from made
    )
    select from made`;
  await using socket = await dial(server);
  await hello(socket, linus);
  const newest = await sql<{ id: ChannelId }[]>`
    select channel_id as id from members where user_id = ${linus.id} order by joined_at desc`;
  // The answers to a question come after those to hello.
  await socket.gets("done", { op: "resume", epoch: "", streams: [] });
  const frames = socket.answers.filter(({ op }) => op === "summary" || op === "caughtUp");
  expect(frames.findIndex(({ op }) => op === "caughtUp")).toBe(limits.summariesFirstMax);
  expect(frames.flatMap((one) => (one.op === "summary" ? [one.channel] : []))).toEqual(
    newest.map(({ id }) => id),
  );
});

test("W2: intervals stay below 16 KiB or hold one row; a page and a reset stay below 64 KiB and hold a message", async () => {
  const channel = await group("long letters");
  await sql`
    insert into users (name) select repeat('世', 66) || n from generate_series(1, 120) n`;
  await sql`
    with joined as (
      insert into members (channel_id, user_id)
      select ${channel}, id from users where name like '世%' returning user_id
    ), numbered as (select user_id, row_number() over () as n from joined)
    insert into changes (stream_id, kind, entity, seq) select ${channel}, 2, user_id, 2 + n from numbered`;
  await sql`update channels set head = 122 where id = ${channel}`;
  await fill(channel, ada.id, 60, "\u{1F642}".repeat(limits.bodyCharsMax));
  const head = await fill(channel, ada.id, 100, "é".repeat(700));
  await using socket = await dial(server);
  const { epoch } = await hello(socket, grace);

  const intervals = await resumed(socket, epoch, channel, 2);
  expect(intervals.at(-1)).toMatchObject({ op: "interval", through: head });
  for (const interval of intervals) {
    const bytes = encodeAnswer(interval).byteLength;
    expect(interval.rows.length === 1 || bytes < limits.eventBytesMax).toBe(true);
  }
  expect(intervals.some(({ rows }) => rows.length === 1)).toBe(true);

  const [reset] = await resumed(socket, epoch, channel, 0);
  const pages: Answer[] = [reset!];
  for (let before = 0; ;) {
    const page = await socket.gets("page", { op: "history", channel, before, limit: 50 });
    pages.push(page);
    // Pages join on to each other: each ends where the one before began.
    if (before > 0) expect(page.rows.at(-1)!.entity).toBe(before - 1);
    before = page.since;
    if (!page.older) break;
  }
  expect(pages.length).toBeGreaterThan(20);
  for (const page of pages) {
    expect(encodeAnswer(page).byteLength).toBeLessThan(64 * 1024);
    const { rows } = page as EventOf<"reset">;
    expect(rows.some(({ kind }) => kind === "message")).toBe(true);
  }
});

test("W6: who reads too slowly is told no more, asks with the cursors when it has read that, and has lost nothing", async () => {
  const channel = await group("in a hurry");
  using slow = await SlowSocket.open(server.url);
  await slow.greets(grace);
  await using author = await talk(server, ada, "in a hurry");
  const reader = new Reader();
  reader.streams.set(channel, { rows: new Map(), since: 0, resetAt: 0, cursor: 2 });
  const said = await stall(slow, author);
  clock.pass(250); // The server looks at what waits for its sockets.
  said.push(await author.says("while nobody listened"));
  slow.readOn();
  await slow.until(() => slow.answers.some(({ op }) => op === "lagged"));
  for (const answer of slow.answers) reader.apply(answer);
  expect(reader.waiting).toEqual([]);
  expect(reader.cursorOf(channel)).toBeLessThan(said.at(-1)!);

  const { epoch } = slow.answers.find((answer) => answer.op === "welcome")!;
  const streams = [
    { stream: grace.id, cursor: 0 },
    { stream: channel, cursor: reader.cursorOf(channel) },
  ];
  const since = slow.answers.length;
  slow.send({ op: "resume", ref: 9_999, epoch, streams });
  await slow.until(() => slow.answers.some((answer) => "ref" in answer && answer.ref === 9_999));
  const brought = slow.answers.slice(since);
  expect(brought.at(-1)).toEqual({ op: "done", ref: 9_999 });
  expect(brought.some(({ op }) => op === "caughtUp")).toBe(true);
  for (const answer of brought) reader.apply(answer);
  expect(reader.messages(channel).map(([seq]) => seq)).toEqual(said);

  // From now on it hears again, and joins what it is let into.
  said.push(await author.says("and on"));
  await slow.until(() => {
    for (const answer of slow.answers.slice(since + brought.length)) reader.apply(answer);
    return reader.cursorOf(channel) === said.at(-1)!;
  });
  expect(reader.messages(channel).map(([seq]) => seq)).toEqual(said);
});

test("W6: a lagging socket joins nothing and leaves what its person is taken out of; its resume knows both", async () => {
  const found = await group("stays while lagging");
  await using owner = await talk(server, ada);
  const begin = async (name: string) =>
    (
      await owner.gets("created", {
        op: "createGroup",
        id: crypto.randomUUID(),
        name,
        users: [grace.id],
      })
    ).channel;
  const gone = await begin("Left while lagging");
  using slow = await SlowSocket.open(server.url);
  await slow.greets(grace);
  await using author = await talk(server, ada, "in a hurry");
  await stall(slow, author);
  clock.pass(250);
  await owner.gets("done", { op: "removeMember", channel: gone, user: grace.id });
  const joined = await begin("Joined while lagging");
  owner.channel = joined;
  await owner.says("unheard");
  slow.readOn();
  await slow.until(() => slow.answers.some(({ op }) => op === "lagged"));
  const since = slow.answers.length;
  expect(slow.answers.some((answer) => isOf(answer, joined))).toBe(false);

  slow.send({ op: "resume", ref: 9_999, epoch: "", streams: [{ stream: grace.id, cursor: 0 }] });
  await slow.until(() => slow.answers.some((answer) => "ref" in answer && answer.ref === 9_999));
  const summaries = slow.answers
    .slice(since)
    .flatMap((one) => (one.op === "summary" ? one.channel : []));
  expect(summaries).toContain(joined);
  expect(summaries).toContain(found);
  expect(summaries).not.toContain(gone);
  await owner.says("heard");
  await slow.until(() => ofStream(slow.answers.slice(since), joined).length > 0);
  owner.channel = gone;
  await owner.says("not for everybody");
  owner.channel = joined;
  await owner.says("heard too");
  await slow.until(() => ofStream(slow.answers.slice(since), joined).length > 1);
  expect(ofStream(slow.answers.slice(since), gone)).toEqual([]);
});

/** What people say of themselves, how others see them, and how many are here. Time is turned by hand. */
import { afterAll, expect, test } from "bun:test";
import type { EventOf } from "#wire/event.ts";
import type { UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { defaultShown, type Shown, type Status } from "#wire/row.ts";
import { feedMs } from "../presence/feed.ts";
import { onlineCountLimits } from "../presence/online-counts.ts";
import { graceMs } from "../presence/presence.ts";
import { addChannel, addUsers } from "./channels.ts";
import { HandClock } from "./hand-clock.ts";
import { people } from "./people.ts";
import { RestClient } from "./rest-client.ts";
import { startServer } from "./start-server.ts";
import { type Talk, talk } from "./talk.ts";

const clock = new HandClock();
const server = await startServer({ clock });
afterAll(() => server[Symbol.asyncDispose]());

const pings = (socket: Talk) => socket.gets("pong", { op: "ping" });
const says = (socket: Talk, status: Status | null) => socket.command({ op: "setStatus", status });
const shows = (socket: Talk, shown: Partial<Shown>) =>
  socket.gets("done", { op: "setShown", shown: { ...defaultShown, ...shown } });
const goesAway = (socket: Talk, away: boolean) => socket.gets("done", { op: "setAway", away });
const personOf = async (socket: Talk, user: UserId) =>
  (await socket.gets("peoplePage", { op: "people", ids: [user], query: "", after: null }))
    .people[0]!;

/** What people's comings and goings are gathered for is over; resolves to all that was ever told of one. */
async function told(socket: Talk, user: UserId): Promise<EventOf<"presence">["people"]> {
  await pings(socket);
  clock.pass(feedMs);
  await pings(socket);
  return socket.answers.flatMap((one) =>
    one.op === "presence" ? one.people.filter((person) => person.user === user) : [],
  );
}

/** Two who watch each other by their direct channel. */
async function two(one: keyof typeof people, other: keyof typeof people): Promise<[Talk, Talk]> {
  const first = await talk(server, people[one], people[other]);
  const second = await talk(server, people[other], people[one]);
  await told(first, second.me!.id);
  return [first, second];
}

test("B12: what somebody says of themselves is told to those who look and to the own devices, stands in lists, and is taken back", async () => {
  const [ada, grace] = await two("ada", "grace");
  await using phone = await talk(server, ada.me!);
  const status = { text: "🌴 On the beach", until: clock.now() + 3_600_000 };
  expect(await says(ada, { ...status, text: `  ${status.text} ` })).toMatchObject({ op: "done" });
  const isAda = ({ user }: EventOf<"statusChanged">) => user === ada.me!.id;
  expect((await grace.next("statusChanged", isAda)).status).toEqual(status);
  const { rows } = await phone.next("interval", (one) => one.rows[0]?.kind === "profile");
  expect(rows).toMatchObject([
    { kind: "profile", entity: 0, body: { status, shown: defaultShown } },
  ]);
  expect((await personOf(grace, ada.me!.id)).status).toEqual(status);
  // Who comes later is told too.
  await using late = await talk(server, grace.me!);
  expect((await late.next("statusChanged", isAda)).status).toEqual(status);
  expect(await says(ada, null)).toMatchObject({ op: "done" });
  expect((await grace.next("statusChanged", isAda)).status).toBeNull();
  expect((await personOf(grace, ada.me!.id)).status).toBeNull();
  await Promise.all([ada.leaves(), grace.leaves()]);
});

test("B12: a status of 80 characters is taken, one of 81, an empty one, one over two lines and one that has passed are not", async () => {
  await using ada = await talk(server, people.ada);
  const until = null;
  const most = "\u{1F642}".repeat(limits.statusCharsMax);
  expect(await says(ada, { text: most, until })).toMatchObject({ op: "done" });
  for (const text of [`${most}x`, " \t", "two\nlines"]) {
    expect(await says(ada, { text, until })).toMatchObject({ code: "status_invalid" });
  }
  const now = clock.now();
  expect(await says(ada, { text: "over", until: now })).toMatchObject({ code: "status_invalid" });
  expect(await says(ada, { text: "soon over", until: now + 1 })).toMatchObject({ op: "done" });
  // What has passed is not told to who comes now.
  await server.sql`update users set status_until = now() - interval '1 second' where id = ${ada.me!.id}`;
  await using grace = await talk(server, people.grace, people.ada);
  await pings(grace);
  expect(grace.answers.filter(({ op }) => op === "statusChanged")).toEqual([]);
  await says(ada, null);
});

test("B12 P8: who is at none of their devices is away, for those who look and in lists, until they are back at one", async () => {
  const [ada, grace] = await two("ada", "grace");
  const { id } = ada.me!;
  const phone = await talk(server, ada.me!);
  await goesAway(ada, true);
  const before = (await told(grace, id)).length;
  await goesAway(phone, true);
  await goesAway(phone, true);
  expect((await told(grace, id)).slice(before)).toEqual([
    { user: id, online: true, lastSeenAt: null, away: true },
  ]);
  expect(await personOf(grace, id)).toMatchObject({ online: true, away: true });
  const { json } = await new RestClient(server, grace.me).get(`/users/${id}/presence`);
  expect(json).toEqual({ user: id, online: true, away: true, lastSeenAt: null, status: null });
  await goesAway(ada, false);
  // The other device leaves as one at which nobody was.
  await phone.leaves();
  expect((await told(grace, id)).slice(before + 1)).toMatchObject([{ away: false }]);
  await shows(ada, { as: "away" });
  expect((await told(grace, id)).at(-1)).toMatchObject({ online: true, away: true });
  await shows(ada, {});
  await Promise.all([ada.leaves(), grace.leaves()]);
});

test("B38: who wants to be seen offline is, at once and on coming back, in no list, and is here again when they say so", async () => {
  const [ada, grace] = await two("ada", "grace");
  const { id } = ada.me!;
  const client = new RestClient(server, grace.me);
  const online = async () =>
    ((await client.get("/users/online")).json.users as { id: UserId }[]).map((user) => user.id);
  expect(await online()).toContain(id);
  const hiddenAtMs = clock.now();
  await shows(ada, { as: "offline" });
  expect((await told(grace, id)).at(-1)).toEqual({
    user: id,
    online: false,
    lastSeenAt: hiddenAtMs,
    away: false,
  });
  const before = (await told(grace, id)).length;
  await using phone = await talk(server, ada.me!);
  await goesAway(phone, true);
  expect(await told(grace, id)).toHaveLength(before);
  expect(await personOf(grace, id)).toMatchObject({ online: false, away: false });
  expect(await online()).not.toContain(id);
  await shows(phone, {});
  expect((await told(grace, id)).slice(before)).toMatchObject([{ online: true, away: false }]);
  expect(await online()).toContain(id);
  await Promise.all([ada.leaves(), grace.leaves()]);
});

test("B38: who keeps their typing to themselves is not seen to write, by socket or over HTTP", async () => {
  const [ada, grace] = await two("ada", "grace");
  const { channel } = ada;
  const client = new RestClient(server, ada.me);
  const typed = () => grace.answers.filter(({ op }) => op === "typingChanged").length;
  await shows(ada, { typing: false });
  await ada.gets("done", { op: "typing", channel, typing: true });
  expect((await client.post(`/channels/${channel}/typing`, { typing: true })).status).toBe(204);
  await pings(grace);
  expect(typed()).toBe(0);
  await shows(ada, {});
  await ada.gets("done", { op: "typing", channel, typing: true });
  await grace.next("typingChanged");
  await Promise.all([ada.leaves(), grace.leaves()]);
});

test("B38: who keeps what they have read to themselves shows it nowhere, and sees nobody's; what was received shows", async () => {
  const [ada, grace] = await two("ada", "grace");
  const { channel } = ada;
  const seq = await grace.says("read this");
  const own = await ada.says("and this");
  const reads = async (socket: Talk) => {
    const pointer = { channel, readSeq: own, deliveredSeq: own, readFrom: null };
    const done = socket.gets("done", { op: "read", pointers: [pointer] });
    await pings(socket);
    clock.pass(250);
    await done;
  };
  await shows(ada, { receipts: false });
  await reads(ada);
  const { pointers } = await grace.next("pointers");
  expect(pointers).toEqual([{ user: ada.me!.id, readSeq: 0, deliveredSeq: own }]);
  await reads(grace);
  const opens = (socket: Talk) =>
    socket.gets("opened", { op: "open", channel, epoch: "", cursor: own });
  const hidden = { readSeq: 0, deliveredSeq: own };
  expect((await opens(grace)).pointers).toEqual([{ user: ada.me!.id, ...hidden }]);
  expect((await opens(ada)).pointers).toEqual([{ user: grace.me!.id, ...hidden }]);
  const receiptsOf = async (socket: Talk, address: number) =>
    (await socket.gets("receiptsPage", { op: "receipts", channel, seq: address })).receipts;
  const unread = { delivered: true, read: false, readAt: null };
  expect(await receiptsOf(grace, seq)).toMatchObject([{ user: ada.me!.id, ...unread }]);
  expect(await receiptsOf(ada, own)).toMatchObject([{ user: grace.me!.id, ...unread }]);
  await shows(ada, {});
  expect((await opens(grace)).pointers).toEqual([
    { user: ada.me!.id, readSeq: own, deliveredSeq: own },
  ]);
  expect(await receiptsOf(ada, own)).toMatchObject([{ user: grace.me!.id, read: true }]);
  await Promise.all([ada.leaves(), grace.leaves()]);
});

test("P8: over HTTP a status and how one is shown are set, read and taken back, and what can't be is a problem", async () => {
  await using ada = await talk(server, people.ada);
  const client = new RestClient(server, ada.me);
  const until = new Date(clock.now() + 60_000).toISOString();
  expect((await client.put("/account/status", { text: "Lunch", until })).status).toBe(204);
  const shown = { as: "away", typing: false, receipts: false };
  expect((await client.put("/account/shown", shown)).status).toBe(204);
  expect((await client.get("/account/profile")).json).toEqual({
    status: { text: "Lunch", until },
    shown,
  });
  expect((await client.get(`/users/${ada.me!.id}/presence`)).json).toMatchObject({
    online: true,
    away: true,
    status: { text: "Lunch", until },
  });
  expect((await client.delete("/account/status")).status).toBe(204);
  expect((await client.put("/account/shown", defaultShown)).status).toBe(204);
  expect((await client.get("/account/profile")).json).toEqual({
    status: null,
    shown: defaultShown,
  });
  const refused = await client.put("/account/status", { text: "x".repeat(81) });
  expect([refused.status, refused.json.code]).toEqual([422, "status_invalid"]);
  expect((await client.put("/account/shown", { ...shown, as: "here and there" })).status).toBe(422);
  expect((await client.get("/users/999999/presence")).status).toBe(404);
});

test("W9: in a channel of 101 one sees how many are online, at first and at most once a second after; in one of 100 one does not", async () => {
  const [small, large] = [onlineCountLimits.membersMin - 1, onlineCountLimits.membersMin];
  // Those of the tests before are gone.
  clock.pass(graceMs);
  const ada = await talk(server, people.ada);
  const grace = await server.signIn(people.grace);
  const crowd = await addUsers(
    server.sql,
    ...Array.from({ length: large - 2 }, (_, at) => `Crowd ${at}`),
  );
  const members = [ada.me!.id, grace.id, ...crowd];
  const [one, other] = [
    await addChannel(server.sql, members),
    await addChannel(server.sql, members.slice(0, small)),
  ];
  const opens = (channel: typeof one) =>
    ada.gets("opened", { op: "open", channel, epoch: "", cursor: 0 });
  await opens(other);
  await opens(one);
  expect(await ada.next("onlineCount")).toEqual({ op: "onlineCount", channel: one, online: 1 });
  const counted = () =>
    ada.answers.filter((answer): answer is EventOf<"onlineCount"> => answer.op === "onlineCount");
  const first = await talk(server, grace);
  await told(ada, grace.id);
  clock.pass(1_000);
  expect((await ada.next("onlineCount", ({ online }) => online === 2)).channel).toBe(one);
  const before = counted().length;
  clock.pass(1_000);
  await pings(ada);
  expect(counted()).toHaveLength(before);
  await first.leaves();
  await pings(ada);
  clock.pass(graceMs);
  await told(ada, grace.id);
  clock.pass(1_000);
  expect((await ada.next("onlineCount", ({ online }) => online === 1)).channel).toBe(one);
  // Closed, nobody is told any more.
  await ada.gets("done", { op: "close", channel: one });
  const closed = counted().length;
  await using again = await talk(server, grace);
  await told(ada, again.me!.id);
  clock.pass(1_000);
  await pings(ada);
  expect(counted()).toHaveLength(closed);
  await ada.leaves();
});

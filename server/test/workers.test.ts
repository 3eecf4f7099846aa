/** Several workers on one database: what one stores, the others bring to their sockets, whatever happens to the Redis between them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import type { EventOf } from "#wire/event.ts";
import type { ChannelId } from "#wire/ids.ts";
import { defaultShown, type Shown } from "#wire/row.ts";
import { findWithin, within } from "#lib/wait.ts";
import { headsTopic } from "../fanout/topic.ts";
import { addChannel, addUsers } from "./channels.ts";
import { people } from "./people.ts";
import { redisProgram, TestRedis } from "./redis.ts";
import { startServer, type TestServer } from "./start-server.ts";
import { type Talk, talk } from "./talk.ts";

/** Of 2 s that a message may take while Redis is away, on a machine that does much else. */
const arrivalMsMax = 4_000;

const onRedis = test.skipIf(redisProgram === undefined);
let redis: TestRedis;
let one: TestServer;
let other: TestServer;
let ada: Talk;
let grace: Talk;
let channel: ChannelId;

beforeAll(async () => {
  if (redisProgram === undefined) return;
  redis = await TestRedis.start();
  const changes = { redisUrl: redis.url };
  one = await startServer({ changes });
  other = await startServer({ changes, database: one.database });
  const [adaIn, graceIn] = [await one.signIn(people.ada), await other.signIn(people.grace)];
  channel = await one.direct(adaIn, graceIn);
  ada = await talk(one, adaIn, graceIn);
  grace = await talk(other, graceIn, adaIn);
});
afterAll(async () => {
  if (redisProgram === undefined) return;
  await ada[Symbol.asyncDispose]();
  await grace[Symbol.asyncDispose]();
  await other[Symbol.asyncDispose]();
  await one[Symbol.asyncDispose]();
  await redis[Symbol.asyncDispose]();
});

/** Twenty messages from each worker, one after the other; both hear all of the other's, once and in order. */
async function talkBothWays(name: string): Promise<void> {
  const bodies = Array.from({ length: 20 }, (_, at) => `${name} ${at}`);
  const said = [ada, grace].map(async (socket) => {
    let last = 0;
    for (const body of bodies) last = await socket.says(body);
    return last;
  });
  expect(await Promise.all([ada.hears(20), grace.hears(20)])).toEqual([bodies, bodies]);
  const last = Math.max(...(await Promise.all(said)));
  for (const socket of [ada, grace]) {
    // One's own is announced too, perhaps after its reply.
    await socket.next("interval", ({ stream, through }) => stream === channel && through >= last);
  }
  const numbers = [ada, grace].map((socket) => socket.announced.map(({ entity }) => entity));
  expect(numbers[0]).toEqual(numbers[1]);
  expect(numbers[0]).toEqual(numbers[0]!.toSorted((a, b) => a - b));
}

/** One message with nothing after it: no later one shows that it is missing. */
async function oneArrives(body: string): Promise<void> {
  const heard = grace.hears(1);
  await ada.says(body);
  expect(await within(arrivalMsMax, heard)).toEqual([body]);
}

/** Both workers listen to Redis again. */
async function bothListen(): Promise<void> {
  const listen = await findWithin(5_000, async () => {
    const [, listeners] = (await redis.ask("pubsub", "numsub", headsTopic)) as [string, number];
    return listeners === 2 ? true : undefined;
  });
  expect(listen).toBe(true);
}

onRedis(
  "E11 D1: what is said on one worker is heard on the other, both ways, once, in one order",
  async () => {
    await talkBothWays("well");
  },
);

onRedis("E11: typing and reading cross too", async () => {
  await ada.gets("done", { op: "typing", channel, typing: true });
  await grace.next("typingChanged", ({ user }) => user === ada.me!.id);
  await ada.gets("done", { op: "typing", channel, typing: false });
});

onRedis(
  "P1 P5 P9: who comes and goes on one worker is seen to by those who look on another",
  async () => {
    const linusIn = await other.signIn(people.linus);
    await ada.gets("peoplePage", { op: "people", ids: [linusIn.id], query: "", after: null });
    const linus = await talk(other, linusIn);
    const isLinus = ({ people: [person] }: EventOf<"presence">) => person!.user === linusIn.id;
    expect((await ada.next("presence", isLinus)).people).toEqual([
      { user: linusIn.id, online: true, lastSeenAt: null, away: false },
    ]);
    const page = await ada.gets("peoplePage", {
      op: "people",
      ids: [],
      query: "Linus",
      after: null,
    });
    expect(page.people).toMatchObject([{ id: linusIn.id, online: true }]);
    const listed = await fetch(`${one.url}/api/v1/users/online`, {
      headers: { authorization: `Bearer ${ada.me!.token}` },
    });
    const { users } = (await listed.json()) as { users: { id: number }[] };
    expect(users.map(({ id }) => id)).toContain(linusIn.id);
    await linus.leaves();
    const {
      people: [gone],
    } = await ada.next("presence", isLinus);
    expect(gone).toMatchObject({ online: false, lastSeenAt: expect.any(Number) });
  },
  30_000,
);

onRedis(
  "B12 B38 W9: how somebody wants to be seen holds for their sockets on every worker, and is told and counted on every other",
  async () => {
    await using here = await talk(one, ada.me!, grace.me);
    await using there = await talk(other, ada.me!);
    /** Changes it, and resolves to what Grace is told next of Ada. */
    const shows = async (as: Shown["as"]) => {
      const before = grace.answers.length;
      await here.gets("done", { op: "setShown", shown: { ...defaultShown, as } });
      return await findWithin(5_000, () =>
        grace.answers
          .slice(before)
          .flatMap((answer) => (answer.op === "presence" ? answer.people : []))
          .find(({ user }) => user === ada.me!.id),
      );
    };
    expect(await shows("offline")).toMatchObject({ online: false });
    // Also of the socket there: it would be seen otherwise.
    await there.gets("done", { op: "setAway", away: true });
    const page = { op: "people" as const, ids: [ada.me!.id], query: "", after: null };
    expect((await grace.gets("peoplePage", page)).people).toMatchObject([{ online: false }]);
    expect(await shows("here")).toMatchObject({ online: true, away: false });
    await here.gets("done", { op: "setStatus", status: { text: "On both", until: null } });
    const said = await grace.next("statusChanged", ({ user }) => user === ada.me!.id);
    expect(said.status).toEqual({ text: "On both", until: null });

    const crowd = await addUsers(one.sql, ...Array.from({ length: 99 }, (_, at) => `Many ${at}`));
    const large = await addChannel(one.sql, [ada.me!.id, grace.me!.id, ...crowd]);
    await grace.gets("opened", { op: "open", channel: large, epoch: "", cursor: 0 });
    await grace.next("onlineCount", ({ online }) => online === 2);
    await shows("offline");
    await grace.next("onlineCount", ({ online }) => online === 1);
    await shows("here");
    await grace.next("onlineCount", ({ online }) => online === 2);
  },
);

onRedis(
  "D1 X10: while Redis is dead messages are stored and arrive all the same, and back it is used again",
  async () => {
    await redis.kill();
    await oneArrives("alone");
    await talkBothWays("dead");
    await redis.startAgain();
    await bothListen();
    await oneArrives("first");
    await talkBothWays("reborn");
  },
);

onRedis(
  "D1 X10: while Redis holds every connection and answers nothing, messages arrive all the same",
  async () => {
    redis.freeze();
    await oneArrives("still");
    await talkBothWays("frozen");
    redis.thaw();
    await bothListen();
    await talkBothWays("thawed");
  },
);

onRedis("D1: whoever comes while Redis is away is welcomed, and hears", async () => {
  await redis.kill();
  await using late = await talk(other, people.linus, ada.me);
  await using visitor = await talk(one, ada.me!, late.me);
  const heard = late.hears(1);
  await visitor.says("for the latecomer");
  expect(await heard).toEqual(["for the latecomer"]);
  await redis.startAgain();
  await bothListen();
  await talkBothWays("together");
});

onRedis(
  "D1: whoever comes while Redis holds every connection and answers nothing has everything within 2 s",
  async () => {
    redis.freeze();
    const late = await within(2_000, talk(other, people.margaret));
    redis.thaw();
    expect(late?.answers.map(({ op }) => op)).toContain("caughtUp");
    await late!.leaves();
    await bothListen();
  },
);

onRedis(
  "W8: a worker whose Redis holds still drains all the same, within what the supervisor gives it",
  async () => {
    const leaving = await startServer({
      changes: { redisUrl: redis.url },
      database: one.database,
    });
    await using grown = await talk(leaving, grace.me!);
    redis.freeze();
    const drained = await within(
      2_000,
      leaving.worker.drain().then(() => true),
    );
    redis.thaw();
    expect(drained).toBe(true);
    expect(await grown.closed).toMatchObject({ code: 1012 });
  },
);

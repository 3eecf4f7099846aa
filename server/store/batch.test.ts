import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { batchThrough, scheduleOf, weatherStorm } from "../test/batch-storm.ts";
import { addChannel, addUsers, draftOf, storedIn, streamsWithHoles } from "../test/channels.ts";
import { testDatabase } from "../test/database.ts";
import { startProxy } from "../test/proxy.ts";
import { batchLimits } from "./batch.ts";
import { insertMessages } from "./insert-messages.ts";
import type { Fate } from "./lane.ts";

const database = await testDatabase();
const proxy = startProxy(database.url);
const { sql } = database;
afterAll(async () => {
  proxy[Symbol.dispose]();
  await database[Symbol.asyncDispose]();
});

const [ada] = (await addUsers(sql, "Ada")) as [UserId];

/** Channels of one lane. */
async function channelsOfOneLane(count: number): Promise<ChannelId[]> {
  const found: ChannelId[] = [];
  while (found.length < count) {
    const channelId = await addChannel(sql, [ada]);
    if (found.length === 0 || (channelId - found[0]!) % batchLimits.lanes === 0) {
      found.push(channelId);
    }
  }
  return found;
}

const codesOf = (fates: readonly Fate[]): (number | string)[] =>
  fates.map((fate) => ("refused" in fate ? fate.refused : fate.seq));

test("M2: poisoned drafts are found one by one; the others are stored in their order", async () => {
  await using stormy = batchThrough(database, proxy);
  const [lobby, engineRoom] = (await channelsOfOneLane(2)) as [ChannelId, ChannelId];
  const say = (channelId: ChannelId, ...bodies: string[]): Promise<Fate[]> =>
    stormy.batch.add(bodies.map((body) => draftOf(channelId, ada, { body })));
  const sends = [
    say(lobby, "first, so that the rest waits together"),
    say(lobby, "a", "b", "bad \0", "behind", "far behind"),
    say(engineRoom, "c"),
    say(lobby, "d", "e"),
    say(engineRoom, "\0"),
    say(engineRoom, "f"),
  ];
  expect((await Promise.all(sends)).map(codesOf)).toEqual([
    [1],
    [2, 3, "body_invalid", "skipped", "skipped"],
    [1],
    [4, 5],
    ["body_invalid"],
    [2],
  ]);
  expect((await storedIn(sql, lobby)).map(({ body }) => body).slice(1)).toEqual([
    "a",
    "b",
    "d",
    "e",
  ]);
});

/** Somebody else's transaction that holds a channel until it is released. */
async function hold(channelId: ChannelId): Promise<{ release(): Promise<void> }> {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const over = sql.begin(async (holder) => {
    await holder`select 1 from channels where id = ${channelId} for no key update`;
    held.resolve();
    await released.promise;
  });
  await held.promise;
  return {
    release: async () => {
      released.resolve();
      await over;
    },
  };
}

test("M26: a channel that somebody holds waits in a lane of its own while others of its lane go on; its order is kept", async () => {
  await using stormy = batchThrough(database, proxy);
  const [lobby, engineRoom] = (await channelsOfOneLane(2)) as [ChannelId, ChannelId];
  const say = (channelId: ChannelId): Promise<Fate[]> =>
    stormy.batch.add([draftOf(channelId, ada)]);
  const holder = await hold(lobby);
  const held = [say(lobby), say(lobby)];
  const others = [say(engineRoom), say(engineRoom)];
  held.push(say(lobby));
  expect((await Promise.all(others)).map(codesOf)).toEqual([[1], [2]]);
  held.push(say(lobby));
  expect(codesOf(await say(engineRoom))).toEqual([3]);
  held.push(say(lobby));
  expect(await storedIn(sql, lobby)).toEqual([]);
  await holder.release();
  expect((await Promise.all(held)).map(codesOf)).toEqual([[1], [2], [3], [4], [5]]);
  await stormy.batch.drained();
  expect(codesOf(await say(lobby))).toEqual([6]);
});

test("a channel that stays locked is refused slow_down after the limit, and nothing of that is stored", async () => {
  let now = 0;
  await using stormy = batchThrough(database, proxy, { now: () => now });
  const [lobby] = (await channelsOfOneLane(1)) as [ChannelId];
  const holder = await hold(lobby);
  const old = stormy.batch.add([draftOf(lobby, ada), draftOf(lobby, ada)]);
  now = 1;
  const newer = stormy.batch.add([draftOf(lobby, ada, { body: "newer" })]);
  now = batchLimits.lockedMsMax;
  expect(codesOf(await old)).toEqual(["slow_down", "skipped"]);
  await holder.release();
  expect(codesOf(await newer)).toEqual([1]);
  expect((await storedIn(sql, lobby)).map(({ body }) => body)).toEqual(["newer"]);
});

test("W1: locked out by an attempt of its own that nobody knows the end of, a draft is never denied", async () => {
  let now = 0;
  await using stormy = batchThrough(database, proxy, { now: () => now });
  const [lobby] = (await channelsOfOneLane(1)) as [ChannelId];
  const draft = draftOf(lobby, ada);
  await stormy.batch.add([draftOf(lobby, ada)]);
  // Who holds the channel could be the first attempt, whose answer was lost: waiting for its disk, for all that we know.
  const holder = await hold(lobby);
  const cut = proxy.cutAfter(0);
  const added = stormy.batch.add([draft]);
  await cut;
  now = batchLimits.lockedMsMax;
  expect(await added).toEqual([{ refused: "unavailable" }]);
  await holder.release();
  expect(codesOf(await stormy.batch.add([draft]))).toEqual([2]);
});

test("W1: cut during the commit, the draft is stored once and its author told so", async () => {
  await using stormy = batchThrough(database, proxy);
  const [lobby] = (await channelsOfOneLane(1)) as [ChannelId];
  await stormy.batch.add([draftOf(lobby, ada)]);
  for (const bytes of [0, 1, 20, 60]) {
    const cut = proxy.cutAfter(bytes);
    const [fate] = await stormy.batch.add([draftOf(lobby, ada)]);
    await cut;
    // The answer was under way: it was committed before, and found by its id.
    expect(fate).toMatchObject({ born: false });
  }
  expect(stormy.suspects.has(lobby)).toBe(true);
  expect((await storedIn(sql, lobby)).map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  expect(stormy.commits.map(({ messages }) => messages.length)).toEqual([1]);
});

test("a frozen network is given up and answered over a new connection", async () => {
  await using stormy = batchThrough(database, proxy);
  const [lobby] = (await channelsOfOneLane(1)) as [ChannelId];
  await stormy.batch.add([draftOf(lobby, ada)]);
  const openedBefore = proxy.opened;
  proxy.freeze("open");
  expect(codesOf(await stormy.batch.add([draftOf(lobby, ada)]))).toEqual([2]);
  expect(proxy.opened).toBeGreaterThan(openedBefore);
  proxy.thaw();
  expect(await storedIn(sql, lobby)).toHaveLength(2);
});

test("W4: PostgreSQL gone for longer than 5 s is unavailable; the same id again is stored once", async () => {
  let now = 0;
  await using stormy = batchThrough(database, proxy, {
    now: () => now,
    pause: async () => {
      now += 1_000;
    },
  });
  const [lobby] = (await channelsOfOneLane(1)) as [ChannelId];
  const first = draftOf(lobby, ada);
  const second = draftOf(lobby, ada);
  await stormy.batch.add([draftOf(lobby, ada)]);
  proxy.refuse();
  expect(await stormy.batch.add([first, second])).toEqual([
    { refused: "unavailable" },
    { refused: "unavailable" },
  ]);
  expect(now).toBe(batchLimits.unknownMsMax);
  proxy.accept();
  expect(codesOf(await stormy.batch.add([first, second]))).toEqual([2, 3]);
  expect(codesOf(await stormy.batch.add([first]))).toEqual([2]);
  expect((await storedIn(sql, lobby)).map(({ seq }) => seq)).toEqual([1, 2, 3]);
});

test("M26, W4: through killed backends, resets, cuts, locks and poison every draft has one fate and each channel its order", async () => {
  await fc.assert(
    fc.asyncProperty(scheduleOf({ min: 10, max: 30, draftsMax: 12 }), async (steps) => {
      await weatherStorm(database, proxy, steps);
    }),
    { numRuns: 4, endOnFailure: true },
  );
  expect(await streamsWithHoles(sql)).toEqual([]);
});

test("a lane takes as many as may wait and refuses the next with slow_down; drained waits for all that it took", async () => {
  const gate = Promise.withResolvers<void>();
  await using stormy = batchThrough(database, proxy, {
    insert: async (drafts, sends) => {
      await gate.promise;
      return insertMessages(sql, drafts, sends);
    },
  });
  const [lobby, engineRoom] = (await channelsOfOneLane(2)) as [ChannelId, ChannelId];
  const drafts = (count: number) => Array.from({ length: count }, () => draftOf(lobby, ada));
  const inFlight = stormy.batch.add(drafts(1));
  const waiting = [
    stormy.batch.add(drafts(batchLimits.waitingMax - 2)),
    stormy.batch.add([draftOf(engineRoom, ada)]),
  ];
  // Two do not fit any more, one does, and then none.
  expect(codesOf(await stormy.batch.add(drafts(2)))).toEqual(["slow_down", "slow_down"]);
  waiting.push(stormy.batch.add(drafts(1)));
  expect(codesOf(await stormy.batch.add(drafts(1)))).toEqual(["slow_down"]);

  let isDrained = false;
  const drained = stormy.batch.drained().then(() => {
    isDrained = true;
  });
  gate.resolve();
  const fates = (await Promise.all([inFlight, ...waiting])).flat();
  expect(fates.every((fate) => "seq" in fate && fate.born)).toBe(true);
  expect(isDrained).toBe(false);
  await drained;
  const rows = await storedIn(sql, lobby);
  expect(rows.map(({ seq }) => seq)).toEqual(
    Array.from({ length: batchLimits.waitingMax }, (_, at) => at + 1),
  );
});

test("W1: authors are answered though the news of it fails, and the lane goes on", async () => {
  await using stormy = batchThrough(database, proxy, {
    announce: () => {
      throw new Error("no bus");
    },
  });
  const [lobby] = (await channelsOfOneLane(1)) as [ChannelId];
  expect(codesOf(await stormy.batch.add([draftOf(lobby, ada)]))).toEqual([1]);
  expect(codesOf(await stormy.batch.add([draftOf(lobby, ada)]))).toEqual([2]);
  // So that `heads` tells of it.
  expect(stormy.suspects.has(lobby)).toBe(true);
});

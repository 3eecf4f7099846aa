import { expect, test } from "bun:test";
import type { ChannelId, UserId } from "#wire/ids.ts";
import type { Told } from "./feed.ts";
import { onlineCountLimits, OnlineCounts } from "./online-counts.ts";
import type { PresenceState } from "./registry.ts";

const large = 7 as ChannelId;
const everybody = Array.from(
  { length: onlineCountLimits.membersMin },
  (_, at) => (at + 1) as UserId,
);
const [ada, grace] = everybody as [UserId, UserId];
const comes = (user: UserId): Told => ({ user, online: true, lastSeenAt: null, away: false });
const goes = (user: UserId): Told => ({ user, online: false, lastSeenAt: 5, away: false });

/** A worker whose database and registry answer when a test says so. */
function start() {
  const world = {
    nowMs: 0,
    members: everybody,
    here: new Map<UserId, PresenceState>([[ada, "here"]]),
    /** Awaited before who is here is answered, as it was when it was asked. */
    answering: Promise.resolve(),
    listening: 0,
    reads: 0,
    fails: false,
    told: [] as number[],
  };
  const counts = new OnlineCounts({
    readMembers: async (_, countMax) => {
      world.reads++;
      if (world.fails) throw new Error("the database is away");
      return world.members.slice(0, countMax);
    },
    here: async () => {
      const here = new Map(world.here);
      await world.answering;
      return here;
    },
    listen: async () => void world.listening++,
    unlisten: () => void world.listening--,
    tell: (_, online) => void world.told.push(online),
    now: () => world.nowMs,
  });
  return { world, counts };
}

test("W9: who comes and goes is counted once, and strangers are not; told at the next tick, and only when it changed", async () => {
  const { world, counts } = start();
  expect(await counts.look(large)).toBe(1);
  counts.tick();
  counts.heard([comes(grace), comes(grace), comes(999_999 as UserId)]);
  counts.heard([goes(grace), comes(grace)]);
  counts.tick();
  counts.tick();
  counts.heard([goes(ada)]);
  counts.tick();
  expect(world.told).toEqual([2, 1]);
});

test("W9: what is heard while it is asked who is here is later than the answer", async () => {
  const { world, counts } = start();
  const slow = Promise.withResolvers<void>();
  world.answering = slow.promise;
  const looking = counts.look(large);
  while (world.reads < 2) await Promise.resolve();
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  counts.heard([goes(ada), comes(grace)]);
  slow.resolve();
  expect(await looking).toBe(1);
  counts.heard([goes(grace)]);
  counts.tick();
  expect(world.told).toEqual([0]);
});

test("W9: everybody's coming and going is listened to while somebody looks, once for all who do", async () => {
  const { world, counts } = start();
  await Promise.all([counts.look(large), counts.look(large)]);
  expect(world.listening).toBe(1);
  counts.unlook(large);
  expect(world.listening).toBe(1);
  counts.unlook(large);
  expect(world.listening).toBe(0);
  // Also where the last one leaves while it is counted.
  const looking = counts.look(large);
  counts.unlook(large);
  await looking;
  expect(world.listening).toBe(0);
  counts.heard([comes(grace)]);
  counts.tick();
  expect(world.told).toEqual([]);
});

test("W9 X9: members are read anew every 30 s, and after a doubt at once", async () => {
  const { world, counts } = start();
  world.here.set(grace, "away");
  expect(await counts.look(large)).toBe(2);
  const settles = async () => {
    const { reads } = world;
    counts.tick();
    while (world.reads < reads + 2) await Promise.resolve();
    for (let turn = 0; turn < 20; turn++) await Promise.resolve();
    counts.tick();
  };
  world.members = [...everybody.slice(1), 500 as UserId];
  counts.tick();
  expect(world.told).toEqual([]);
  world.nowMs += 29_999;
  counts.tick();
  expect(world.reads).toBe(2);
  world.nowMs += 1;
  await settles();
  expect(world.told).toEqual([1]);
  world.here.set(500 as UserId, "here");
  counts.doubt();
  await settles();
  expect(world.told).toEqual([1, 2]);
});

test("W9: what could not be counted is counted when it is old, and nobody is told a number until then", async () => {
  const { world, counts } = start();
  world.fails = true;
  expect(await counts.look(large)).toBeUndefined();
  counts.tick();
  expect([world.told, world.listening]).toEqual([[], 0]);
  world.fails = false;
  world.nowMs += onlineCountLimits.membersMs;
  counts.tick();
  for (let turn = 0; turn < 40; turn++) await Promise.resolve();
  counts.tick();
  expect(world.told).toEqual([1]);
});

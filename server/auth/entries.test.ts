import { expect, test } from "bun:test";
import type { UserId } from "#wire/ids.ts";
import { connectRedis } from "../fanout/redis.ts";
import { redisProgram, TestRedis } from "../test/redis.ts";
import { countTogether } from "./counters.ts";
import { createEntries, entryLimits, type Entries } from "./entries.ts";

const settings = { commandsPerSecond: 5 };
const shared = settings.commandsPerSecond * entryLimits.hellosPerCommandRate;
const [ada, grace] = [11 as UserId, 12 as UserId];

/** How often it goes before the first time that it does not. */
async function until(entry: () => Promise<number>): Promise<number> {
  let times = 0;
  while ((await entry()) === 0) times++;
  return times;
}

test("S8: a user says hello so often in a minute, and then hears when again; another is welcome", async () => {
  const entries = createEntries(settings);
  expect(await until(() => entries.hello(ada))).toBe(entryLimits.hellosUnshared + shared);
  const waitMs = await entries.hello(ada);
  expect(waitMs).toBeGreaterThan(50_000);
  expect(waitMs).toBeLessThanOrEqual(60_000);
  expect(await entries.hello(grace)).toBe(0);
});

test("S8: a session gets so many tickets in a minute, and then hears when again; another has its own", async () => {
  const entries = createEntries(settings);
  expect(await until(() => entries.ticket("hers"))).toBe(entryLimits.ticketsBySession.points);
  expect(await entries.ticket("hers")).toBeGreaterThan(50_000);
  expect(await entries.ticket("another")).toBe(0);
});

test.skipIf(redisProgram === undefined)(
  "S8: workers on one Redis count hellos and tickets together, and while it is away each for itself",
  async () => {
    await using redis = await TestRedis.start();
    const connections = [connectRedis(redis.url), connectRedis(redis.url)];
    await Promise.all(connections.map((each) => new Promise((ready) => each.once("ready", ready))));
    const [one, other] = connections.map((each) =>
      createEntries(settings, countTogether(each)),
    ) as [Entries, Entries];
    const { points } = entryLimits.ticketsBySession;
    expect(await until(() => one.hello(ada))).toBe(entryLimits.hellosUnshared + shared);
    // What the other worker takes without asking.
    expect(await until(() => other.hello(ada))).toBe(entryLimits.hellosUnshared);
    expect(await one.ticket("hers")).toBe(0);
    expect(await until(() => other.ticket("hers"))).toBe(points - 1);
    expect(await one.ticket("hers")).toBeGreaterThan(0);

    await redis.kill();
    expect(await until(() => one.ticket("another"))).toBe(points);
    expect(await until(() => other.ticket("another"))).toBe(points);
    expect(await until(() => other.hello(grace))).toBe(entryLimits.hellosUnshared + shared);
    for (const connection of connections) connection.disconnect();
  },
);

import { afterAll, expect, test } from "bun:test";
import type { UserId } from "#wire/ids.ts";
import { systemClock } from "#lib/clock.ts";
import { findWithin } from "#lib/wait.ts";
import { redisProgram, TestRedis } from "../test/redis.ts";
import { RedisRegistry } from "./redis-registry.ts";
import { describeRegistry, people } from "./registry-contract.ts";

const onRedis = test.skipIf(redisProgram === undefined);
const [ada, grace] = people(11, 12) as [UserId, UserId];

/** Short, so that a test need not wait as long as people do. */
const limits = { leaseMs: 300, renewMs: 100, graceMs: 300 };

const namesAt = async (redis: TestRedis) => Number(await redis.ask("scard", "presence:workers"));

/** A worker with a registry, whose people a test sets, and all that it was told. */
class Worker {
  readonly mine = new Set<UserId>();
  readonly told: string[] = [];
  readonly registry: RedisRegistry;
  #wake: (() => void)[] = [];

  constructor(redis: TestRedis) {
    const hears = (word: string) => (users: readonly UserId[]) => {
      this.told.push(...users.map((user) => `${word} ${user}`));
      this.#wakeAll();
    };
    this.registry = new RedisRegistry({
      redisUrl: redis.url,
      clock: systemClock,
      limits,
      mine: () => [...this.mine],
      isMine: (user) => this.mine.has(user),
      came: hears("came"),
      gone: hears("gone"),
      restored: () => hears("restored")(people(0)),
    });
  }

  static async start(redis: TestRedis): Promise<Worker> {
    const known = await namesAt(redis);
    const worker = new Worker(redis);
    const isKnown = await findWithin(5_000, async () =>
      (await namesAt(redis)) > known ? true : undefined,
    );
    expect(isKnown).toBe(true);
    return worker;
  }

  arrived(user: UserId): Promise<boolean> {
    this.mine.add(user);
    return this.registry.arrived(user);
  }

  left(user: UserId): Promise<boolean> {
    this.mine.delete(user);
    return this.registry.left(user);
  }

  async hears(word: string): Promise<void> {
    while (!this.told.includes(word)) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #wakeAll(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }
}

const contract: TestRedis[] = [];
if (redisProgram !== undefined) {
  describeRegistry("redis", async () => {
    const redis = await TestRedis.start();
    contract.push(redis);
    const { registry } = await Worker.start(redis);
    return registry;
  });
}
afterAll(async () => {
  for (const redis of contract) await redis[Symbol.asyncDispose]();
});

onRedis(
  "P5 P7: who is on two workers is here until both have lost them, and only the first and the last are news",
  async () => {
    await using redis = await TestRedis.start();
    const [one, other] = [await Worker.start(redis), await Worker.start(redis)];
    expect([await one.arrived(ada), await other.arrived(ada)]).toEqual([true, false]);
    expect(await other.registry.here([ada, grace])).toEqual(new Set([ada]));
    expect([await one.left(ada), await other.left(ada)]).toEqual([false, true]);
    expect(await one.registry.here([ada])).toEqual(new Set());
    await Promise.all([one.registry.close(), other.registry.close()]);
  },
);

onRedis(
  "P4 P7: a dead worker's people are gone after its lease and the grace, but for those who came back on another",
  async () => {
    await using redis = await TestRedis.start();
    const [one, other] = [await Worker.start(redis), await Worker.start(redis)];
    for (const user of [ada, grace]) await other.arrived(user);
    await other.registry.close(); // Its lease goes, its people stay for the others to look after.
    const since = performance.now();
    expect(await one.registry.here([ada, grace])).toEqual(new Set([ada, grace]));
    expect(await one.arrived(grace)).toBe(false);
    await one.hears(`gone ${ada}`);
    expect(performance.now() - since).toBeGreaterThanOrEqual(limits.graceMs);
    expect(one.told).toEqual([`gone ${ada}`]);
    expect(await one.registry.here([ada, grace])).toEqual(new Set([grace]));
    expect(await redis.ask("smembers", "presence:workers")).toHaveLength(1);
    await one.registry.close();
  },
);

onRedis("P7 P10: while Redis is frozen nobody leaves, and nobody does because it was", async () => {
  await using redis = await TestRedis.start();
  const [one, other] = [await Worker.start(redis), await Worker.start(redis)];
  await one.arrived(ada);
  await other.arrived(grace);
  await one.registry.here([grace]);
  redis.freeze();
  expect(await one.registry.here([ada, grace])).toEqual(new Set([ada, grace]));
  expect(await one.registry.online(0, 10)).toEqual([ada]);
  redis.thaw();
  // Both leases have ended meanwhile: each takes a new one, and nobody is missed.
  await Promise.all([one.hears("restored 0"), other.hears("restored 0")]);
  expect(await one.registry.here([ada, grace])).toEqual(new Set([ada, grace]));
  expect([...one.told, ...other.told].filter((word) => word.startsWith("gone"))).toEqual([]);
  expect(await other.left(grace)).toBe(true);
  expect(await one.registry.here([ada, grace])).toEqual(new Set([ada]));
  await Promise.all([one.registry.close(), other.registry.close()]);
});

onRedis(
  "P7: a Redis that comes back empty is told everybody anew, and those who look are told too",
  async () => {
    await using redis = await TestRedis.start();
    const [one, other] = [await Worker.start(redis), await Worker.start(redis)];
    await one.arrived(ada);
    await other.arrived(grace);
    await one.registry.here([grace]);
    await redis.kill();
    // Away, what was heard last counts; who leaves is told to those who are reached.
    expect(await one.registry.here([ada, grace])).toEqual(new Set([ada, grace]));
    await redis.startAgain();
    await Promise.all([one.hears("restored 0"), other.hears("restored 0")]);
    expect(one.told).toContain(`came ${ada}`);
    expect(await one.registry.here([ada, grace])).toEqual(new Set([ada, grace]));
    expect(await other.registry.online(0, 10)).toEqual([ada, grace]);
    await Promise.all([one.registry.close(), other.registry.close()]);
  },
);

onRedis(
  "P7: who leaves while a worker is cut off from Redis is gone when it is back, and is told once",
  async () => {
    await using redis = await TestRedis.start();
    const one = await Worker.start(redis);
    await one.arrived(ada);
    await one.arrived(grace);
    one.mine.delete(ada); // Its own word found no connection.
    await redis.cut();
    await one.hears("restored 0");
    expect(one.told).toEqual([`gone ${ada}`, "restored 0"]);
    expect(await one.registry.here([ada, grace])).toEqual(new Set([grace]));
    await one.registry.close();
  },
);

onRedis("P7: a Redis that refuses at first is told as soon as it takes it", async () => {
  await using redis = await TestRedis.start();
  await redis.ask("acl", "setuser", "default", "-sadd");
  const one = new Worker(redis);
  expect(await one.arrived(ada)).toBe(true);
  const wasRefused = async () => ((await redis.ask("acl", "log")) as unknown[]).length > 0;
  expect(await findWithin(5_000, async () => (await wasRefused()) || undefined)).toBe(true);
  // Its own people are here, whatever Redis says.
  expect(await one.registry.here([ada, grace])).toEqual(new Set([ada]));
  await redis.ask("acl", "setuser", "default", "+sadd");
  const told = await findWithin(5_000, async () => ((await namesAt(redis)) > 0 ? true : undefined));
  expect(told).toBe(true);
  expect(await one.registry.online(0, 10)).toEqual([ada]);
  await one.registry.close();
});

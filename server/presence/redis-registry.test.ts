import { afterAll, expect, test } from "bun:test";
import type { UserId } from "#wire/ids.ts";
import { systemClock } from "#lib/clock.ts";
import { findWithin } from "#lib/wait.ts";
import { redisProgram, TestRedis } from "../test/redis.ts";
import { RedisRegistry } from "./redis-registry.ts";
import type { PresenceState } from "./registry.ts";
import { describeRegistry, people } from "./registry-contract.ts";

const onRedis = test.skipIf(redisProgram === undefined);
const [ada, grace] = people(11, 12) as [UserId, UserId];

/** Short, so that a test need not wait as long as people do. */
const limits = { leaseMs: 300, renewMs: 100, graceMs: 300 };

const both = new Map<UserId, PresenceState>([
  [ada, "here"],
  [grace, "here"],
]);

const namesAt = async (redis: TestRedis) => Number(await redis.ask("scard", "presence:workers"));

/** A worker with a registry, whose people a test sets, and all that it was told. */
class Worker {
  readonly mine = new Map<UserId, PresenceState>();
  readonly told: string[] = [];
  readonly registry: RedisRegistry;
  #wake: (() => void)[] = [];

  constructor(redis: TestRedis) {
    this.registry = new RedisRegistry({
      redisUrl: redis.url,
      clock: systemClock,
      limits,
      mine: () => [...this.mine],
      stateOf: (user) => this.mine.get(user) ?? "offline",
      changed: (news) => this.#tell(news.map(([user, state]) => `${user} is ${state}`)),
      missed: (news) => this.#tell(news.map(([user, state]) => `missed: ${user} is ${state}`)),
      restored: () => this.#tell(["restored"]),
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

  set(user: UserId, state: PresenceState): Promise<PresenceState | undefined> {
    if (state === "offline") this.mine.delete(user);
    else this.mine.set(user, state);
    return this.registry.set(user, state);
  }

  async hears(word: string): Promise<void> {
    while (!this.told.includes(word)) {
      await new Promise<void>((resolve) => this.#wake.push(resolve));
    }
  }

  #tell(words: readonly string[]): void {
    this.told.push(...words);
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
    expect([await one.set(ada, "here"), await other.set(ada, "here")]).toEqual(["here", undefined]);
    expect(await other.registry.here([ada, grace])).toEqual(new Map([[ada, "here"]]));
    expect([await one.set(ada, "offline"), await other.set(ada, "offline")]).toEqual([
      undefined,
      "offline",
    ]);
    expect(await one.registry.here([ada])).toEqual(new Map());
    await Promise.all([one.registry.close(), other.registry.close()]);
  },
);

onRedis(
  "X9: who is found to be seen otherwise than was told, twice in a row, was missed; what is only on its way is not",
  async () => {
    await using redis = await TestRedis.start();
    const [one, other] = [await Worker.start(redis), await Worker.start(redis)];
    const compare = () => one.registry.compare([ada, grace]);
    await other.set(ada, "here");
    await one.registry.here([ada, grace]);
    await other.set(grace, "here");
    await other.set(ada, "away");
    await compare();
    one.registry.heard(grace, "here");
    one.registry.heard(ada, "away");
    await compare();
    expect(one.told).toEqual([]);

    await other.set(ada, "here");
    // Whoever lists them sees it; those who listed them before do not.
    expect(await one.registry.here([ada])).toEqual(new Map([[ada, "here"]]));
    await compare();
    expect(one.told).toEqual([]);
    await compare();
    expect(one.told).toEqual([`missed: ${ada} is here`]);
    await compare();
    await compare();
    expect(one.told).toHaveLength(1);
    await Promise.all([one.registry.close(), other.registry.close()]);
  },
);

onRedis(
  "P4 P7: a dead worker's people are gone after its lease and the grace, but for those who came back on another",
  async () => {
    await using redis = await TestRedis.start();
    const [one, other] = [await Worker.start(redis), await Worker.start(redis)];
    for (const user of [ada, grace]) await other.set(user, "here");
    await other.registry.close(); // Its lease goes, its people stay for the others to look after.
    const since = performance.now();
    expect(await one.registry.here([ada, grace])).toEqual(both);
    expect(await one.set(grace, "here")).toBeUndefined();
    await one.hears(`${ada} is offline`);
    expect(performance.now() - since).toBeGreaterThanOrEqual(limits.graceMs);
    expect(one.told).toEqual([`${ada} is offline`]);
    expect(await one.registry.here([ada, grace])).toEqual(new Map([[grace, "here"]]));
    expect(await redis.ask("smembers", "presence:workers")).toHaveLength(1);
    await one.registry.close();
  },
);

onRedis("P7 P10: while Redis is frozen nobody leaves, and nobody does because it was", async () => {
  await using redis = await TestRedis.start();
  const [one, other] = [await Worker.start(redis), await Worker.start(redis)];
  await one.set(ada, "here");
  await other.set(grace, "here");
  await one.registry.here([grace]);
  redis.freeze();
  expect(await one.registry.here([ada, grace])).toEqual(both);
  expect(await one.registry.online(0, 10)).toEqual([ada]);
  redis.thaw();
  // Both leases have ended meanwhile: each takes a new one, and nobody is missed.
  await Promise.all([one.hears("restored"), other.hears("restored")]);
  expect(await one.registry.here([ada, grace])).toEqual(both);
  expect([...one.told, ...other.told].filter((word) => word.endsWith("offline"))).toEqual([]);
  expect(await other.set(grace, "offline")).toBe("offline");
  expect(await one.registry.here([ada, grace])).toEqual(new Map([[ada, "here"]]));
  await Promise.all([one.registry.close(), other.registry.close()]);
});

onRedis(
  "P7: a Redis that comes back empty is told everybody anew, and those who look are told too",
  async () => {
    await using redis = await TestRedis.start();
    const [one, other] = [await Worker.start(redis), await Worker.start(redis)];
    await one.set(ada, "here");
    await other.set(grace, "here");
    await one.registry.here([grace]);
    await redis.kill();
    // Away, what was heard last counts; who leaves is told to those who are reached.
    expect(await one.registry.here([ada, grace])).toEqual(both);
    await redis.startAgain();
    await Promise.all([one.hears("restored"), other.hears("restored")]);
    expect(one.told).toContain(`${ada} is here`);
    expect(await one.registry.here([ada, grace])).toEqual(both);
    expect(await other.registry.online(0, 10)).toEqual([ada, grace]);
    await Promise.all([one.registry.close(), other.registry.close()]);
  },
);

onRedis(
  "P7: who leaves while a worker is cut off from Redis is gone when it is back, and is told once",
  async () => {
    await using redis = await TestRedis.start();
    const one = await Worker.start(redis);
    await one.set(ada, "here");
    await one.set(grace, "here");
    one.mine.delete(ada); // Its own word found no connection.
    await redis.cut();
    await one.hears("restored");
    expect(one.told).toEqual([`${ada} is offline`, "restored"]);
    expect(await one.registry.here([ada, grace])).toEqual(new Map([[grace, "here"]]));
    await one.registry.close();
  },
);

onRedis("P7: a Redis that refuses at first is told as soon as it takes it", async () => {
  await using redis = await TestRedis.start();
  await redis.ask("acl", "setuser", "default", "-sadd");
  const one = new Worker(redis);
  expect(await one.set(ada, "here")).toBe("here");
  const wasRefused = async () => ((await redis.ask("acl", "log")) as unknown[]).length > 0;
  expect(await findWithin(5_000, async () => (await wasRefused()) || undefined)).toBe(true);
  // Its own people are here, whatever Redis says.
  expect(await one.registry.here([ada, grace])).toEqual(new Map([[ada, "here"]]));
  await redis.ask("acl", "setuser", "default", "+sadd");
  const told = await findWithin(5_000, async () => ((await namesAt(redis)) > 0 ? true : undefined));
  expect(told).toBe(true);
  expect(await one.registry.online(0, 10)).toEqual([ada]);
  await one.registry.close();
});

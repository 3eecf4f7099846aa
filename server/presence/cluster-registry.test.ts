import { afterAll, expect, test } from "bun:test";
import type { UserId } from "#wire/ids.ts";
import { systemClock } from "#lib/clock.ts";
import { findWithin } from "#lib/wait.ts";
import { redisProgram } from "../test/redis.ts";
import { TestCluster } from "../test/redis-cluster.ts";
import { RedisRegistry } from "./redis-registry.ts";
import type { PresenceState } from "./registry.ts";
import { describeRegistry, people } from "./registry-contract.ts";

const cluster = redisProgram === undefined ? undefined : await TestCluster.start();
afterAll(async () => await cluster?.[Symbol.asyncDispose]());
const onRedis = test.skipIf(!cluster);

const limits = { leaseMs: 300, renewMs: 100, graceMs: 300 };

/** A worker's registry, whose people a test sets. */
async function begin() {
  const mine = new Map<UserId, PresenceState>();
  const told: PresenceState[] = [];
  const registry = new RedisRegistry({
    redisUrl: cluster!.url,
    clock: systemClock,
    limits,
    mine: () => [...mine],
    stateOf: (user) => mine.get(user) ?? "offline",
    changed: (news) => void told.push(...news.map(([, state]) => state)),
    missed: () => undefined,
    restored: () => undefined,
  });
  const arrived = (user: UserId) => {
    mine.set(user, "here");
    return registry.set(user, "here");
  };
  // Taken by the cluster, and not only remembered here.
  const isTaken = async () => ((await arrived(people(1)[0]!)) ? undefined : true);
  expect(await findWithin(10_000, isTaken)).toBe(true);
  await registry.set(people(1)[0]!, "offline");
  mine.clear();
  return { registry, told, arrived };
}

if (cluster) describeRegistry("redis cluster", async () => (await begin()).registry);

onRedis(
  "P7: a server of a cluster that dies and comes back empty alone costs nobody their presence",
  async () => {
    const [one, other] = [await begin(), await begin()];
    const everybody = people(...Array.from({ length: 64 }, (_, at) => 1_000 + at));
    for (const user of everybody) await one.arrived(user);
    const onlineAtOther = async () => await other.registry.online(999, 100);
    expect(await onlineAtOther()).toEqual(everybody);
    await cluster!.kill(1);
    expect(await one.registry.here(everybody)).toEqual(
      new Map(everybody.map((user) => [user, "here"])),
    );
    await cluster!.startAgain(1);
    const isWhole = async () => {
      const find = async () => (await onlineAtOther()).length === everybody.length || undefined;
      return await findWithin(15_000, find);
    };
    expect(await isWhole()).toBe(true);
    // Also where nobody's connection ends; of two of the three the lease lies elsewhere.
    for (const at of [0, 1, 2]) {
      await cluster!.empty(at);
      expect(await isWhole()).toBe(true);
    }
    expect([...one.told, ...other.told]).not.toContain("offline");
    await Promise.all([one.registry.close(), other.registry.close()]);
  },
  60_000,
);

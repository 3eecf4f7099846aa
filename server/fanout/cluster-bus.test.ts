import { afterAll, expect, test } from "bun:test";
import { type Clock, systemClock } from "#lib/clock.ts";
import { findWithin } from "#lib/wait.ts";
import { redisProgram } from "../test/redis.ts";
import { TestCluster } from "../test/redis-cluster.ts";
import { BusAway, type BusEars } from "./bus.ts";
import { describeBus } from "./bus-contract.ts";
import { ClusterBus } from "./cluster-bus.ts";
import { partitionTags } from "./topic.ts";
import { topologyLimits } from "./topology.ts";

const cluster = redisProgram === undefined ? undefined : await TestCluster.start();
afterAll(async () => await cluster?.[Symbol.asyncDispose]());
const onRedis = test.skipIf(!cluster);

interface Joining {
  readonly ears?: BusEars;
  readonly clock?: Pick<Clock, "every">;
  readonly redisUrl?: string;
}

/** One worker on the bus, and all that it heard. */
class Worker {
  readonly heard: string[] = [];
  readonly states: boolean[] = [];
  readonly bus: ClusterBus;

  constructor({ ears, clock = systemClock, redisUrl = cluster!.url }: Joining) {
    this.bus = new ClusterBus({
      redisUrl,
      clock,
      ears: {
        receive: (topic, bytes) => {
          this.heard.push(new TextDecoder().decode(bytes));
          ears?.receive(topic, bytes);
        },
        changed: (isHealthy, why) => {
          this.states.push(isHealthy);
          ears?.changed(isHealthy, why);
        },
      },
    });
  }

  async is(isHealthy: boolean, msMax = 10_000): Promise<void> {
    const found = await findWithin(msMax, () =>
      this.bus.isHealthy === isHealthy ? true : undefined,
    );
    expect(found).toBe(true);
  }

  says(topic: string, text: string): Promise<void> {
    return this.bus.publish(topic, new TextEncoder().encode(text));
  }
}

async function join(joining: Joining = {}): Promise<Worker> {
  const worker = new Worker(joining);
  await worker.is(true);
  return worker;
}

if (cluster) {
  describeBus("cluster", {
    connect: async (ears) => (await join({ ears })).bus,
    end: async () => undefined,
  });
}

/** One topic of each partition: all servers have some. */
const topics = partitionTags.map((tag) => `${tag}:1`);

/** Each worker says something on every topic; resolves when both have heard all of it. */
async function bothHearAll(one: Worker, other: Worker, name: string): Promise<void> {
  const words = topics.flatMap((topic) => [`${name} 1 ${topic}`, `${name} 2 ${topic}`]);
  await Promise.all(
    topics.flatMap((topic) => [
      one.says(topic, `${name} 1 ${topic}`),
      other.says(topic, `${name} 2 ${topic}`),
    ]),
  );
  for (const { heard } of [one, other]) {
    const all = await findWithin(5_000, () =>
      words.every((word) => heard.includes(word)) ? true : undefined,
    );
    expect(all).toBe(true);
  }
}

onRedis(
  "E11: topics of every partition cross a cluster of three; with a server killed the bus says so, and with it back everybody hears again",
  async () => {
    const [one, other] = await Promise.all([join(), join()]);
    await Promise.all([one.bus.subscribe(topics), other.bus.subscribe(topics)]);
    await bothHearAll(one, other, "whole");
    const holder = await cluster!.holderOf(topics[5]!);
    await cluster!.kill(holder);
    await Promise.all([one.is(false), other.is(false)]);
    // Heard here at once, whatever the others do.
    await one.says(topics[5]!, "alone").catch(() => undefined);
    expect(one.heard).toContain("alone");
    await cluster!.startAgain(holder);
    await Promise.all([one.is(true), other.is(true)]);
    await bothHearAll(one, other, "mended");
    await Promise.all([one.bus.close(), other.bus.close()]);
  },
  60_000,
);

/** One is never asked who holds what, unless somebody was sent away. */
const withoutLooking: Pick<Clock, "every"> = {
  every: (ms, call) =>
    ms === topologyLimits.everyMs ? () => undefined : systemClock.every(ms, call),
};

onRedis(
  "E11: a slot that is moved while it is used makes the bus doubt once, and its topics are heard from where it is now",
  async () => {
    const workers = [await join({ clock: withoutLooking }), await join({ clock: withoutLooking })];
    const [one, other] = workers as [Worker, Worker];
    // It has nothing there: nobody tells it, and it finds out by looking.
    const idle = await join();
    await Promise.all([one.bus.subscribe(topics), other.bus.subscribe(topics)]);
    const holder = await cluster!.holderOf(topics[0]!);
    const held: string[] = [];
    for (const each of topics) if ((await cluster!.holderOf(each)) === holder) held.push(each);
    // Not what the probe goes by.
    const topic = held.at(-1)!;
    await cluster!.moveSlot(topic, (holder + 1) % 3);
    for (const worker of [one, other, idle]) {
      const doubted = await findWithin(5_000, () =>
        worker.states.slice(1).includes(false) ? true : undefined,
      );
      expect(doubted).toBe(true);
      await worker.is(true);
    }
    await bothHearAll(one, other, "moved");
    await Promise.all([one, other, idle].map(({ bus }) => bus.close()));
  },
  60_000,
);

test("E11: of a cluster that nobody reaches only the publisher hears, and is told so", async () => {
  const worker = new Worker({ redisUrl: "redis+cluster://127.0.0.1:1" });
  await worker.bus.subscribe(["{p01}:1"]);
  expect(await worker.says("{p01}:1", "alone").catch((error: unknown) => error)).toBeInstanceOf(
    BusAway,
  );
  expect([worker.heard, worker.bus.isHealthy]).toEqual([["alone"], false]);
  await worker.bus.close();
});

import { afterAll, expect, test } from "bun:test";
import { systemClock } from "#lib/clock.ts";
import { findWithin } from "#lib/wait.ts";
import { redisProgram, TestRedis } from "../test/redis.ts";
import { type Bus, BusAway, type BusEars } from "./bus.ts";
import { describeBus } from "./bus-contract.ts";
import { RedisBus, redisBusLimits } from "./redis-bus.ts";

const redis = redisProgram === undefined ? undefined : await TestRedis.start();
afterAll(async () => await redis?.[Symbol.asyncDispose]());

/** One worker on the bus, with all that it heard, and the moments at which it changed. */
async function join(ears?: BusEars): Promise<Worker> {
  const worker = new Worker(ears);
  await worker.is(true);
  return worker;
}

class Worker {
  readonly heard: string[] = [];
  readonly states: boolean[] = [];
  readonly bus: Bus;
  #wake: (() => void)[] = [];

  constructor(ears?: BusEars) {
    const wake = (): void => this.#wake.splice(0).forEach((call) => call());
    this.bus = new RedisBus({
      redisUrl: redis!.url,
      clock: systemClock,
      ears: {
        receive: (topic, bytes) => {
          this.heard.push(new TextDecoder().decode(bytes));
          ears?.receive(topic, bytes);
          wake();
        },
        changed: (isHealthy, why) => {
          this.states.push(isHealthy);
          ears?.changed(isHealthy, why);
          wake();
        },
      },
    });
  }

  async is(isHealthy: boolean): Promise<void> {
    while (this.bus.isHealthy !== isHealthy) await this.changes();
  }

  async hears(text: string): Promise<void> {
    while (!this.heard.includes(text)) await this.changes();
  }

  says(topic: string, text: string): Promise<void> {
    return this.bus.publish(topic, new TextEncoder().encode(text));
  }

  changes(): Promise<void> {
    return new Promise((resolve) => this.#wake.push(resolve));
  }
}

const onRedis = test.skipIf(!redis);

if (redis) {
  describeBus("redis", {
    connect: async (ears) => (await join(ears)).bus,
    end: async () => undefined,
  });
}

onRedis(
  "D1: with Redis away only the publisher hears, and is told so; back again, everybody hears everything anew",
  async () => {
    const [one, other] = await Promise.all([join(), join()]);
    await Promise.all([one.bus.subscribe(["t"]), other.bus.subscribe(["t"])]);
    await redis!.kill();
    await Promise.all([one.is(false), other.is(false)]);
    const said = one.says("t", "alone");
    expect(await said.catch((error: unknown) => error)).toBeInstanceOf(BusAway);
    expect([one.heard, other.heard]).toEqual([["alone"], []]);

    // What is asked for meanwhile holds when it is back, and so does what is given up.
    await other.bus.subscribe(["t", "u"]);
    await one.bus.unsubscribe(["t"]);
    await redis!.startAgain();
    await Promise.all([one.is(true), other.is(true)]);
    await one.says("t", "together");
    await one.says("u", "more");
    await other.hears("more");
    expect([one.heard, other.heard]).toEqual([["alone"], ["together", "more"]]);
    await Promise.all([one.bus.close(), other.bus.close()]);
  },
);

onRedis(
  "D1: a Redis that holds its connections and answers nothing is found out by the probe",
  async () => {
    const [one, other] = await Promise.all([join(), join()]);
    await other.bus.subscribe(["t"]);
    redis!.freeze();
    await Promise.all([one.is(false), other.is(false)]);
    redis!.thaw();
    await Promise.all([one.is(true), other.is(true)]);
    await one.says("t", "awake");
    await other.hears("awake");
    await Promise.all([one.bus.close(), other.bus.close()]);
  },
);

onRedis(
  "D1: a connection that is cut shows as unhealthy, and a thousand topics and one come back with it",
  async () => {
    const [one, other] = await Promise.all([join(), join()]);
    const topics = Array.from(
      { length: redisBusLimits.topicsPerCommandMax + 1 },
      (_, at) => `${at}`,
    );
    await other.bus.subscribe(topics);
    await redis!.cut();
    await Promise.all([one.is(false), other.is(false)]);
    await Promise.all([one.is(true), other.is(true)]);
    for (const topic of [topics[0]!, topics.at(-1)!]) {
      await one.says(topic, topic);
      await other.hears(topic);
    }
    await Promise.all([one.bus.close(), other.bus.close()]);
  },
);

onRedis("what a bus publishes it hears before Redis does, and once", async () => {
  const one = await join();
  await one.bus.subscribe(["t"]);
  const said = one.says("t", "mine");
  expect(one.heard).toEqual(["mine"]);
  await said;
  await one.says("t", "end");
  const numbers = (await redis!.ask("pubsub", "numsub", "t")) as unknown[];
  expect(numbers).toEqual(["t", 1]);
  expect(one.heard).toEqual(["mine", "end"]);
  await one.bus.close();
});

onRedis(
  "a bus that is closed leaves nothing at Redis, also while Redis answers nothing",
  async () => {
    const [one, other] = await Promise.all([join(), join()]);
    await one.bus.subscribe(["gone"]);
    await one.bus.close();
    const left = await findWithin(2_000, async () => {
      const numbers = (await redis!.ask("pubsub", "numsub", "gone")) as [string, number];
      return numbers[1] === 0 ? true : undefined;
    });
    expect(left).toBe(true);
    redis!.freeze();
    await other.bus.close();
    redis!.thaw();
  },
);

onRedis(
  "D1: a Redis that refuses to let it listen is said to be away, and used as soon as it does",
  async () => {
    await redis!.ask("acl", "setuser", "default", "-subscribe");
    const one = new Worker();
    await one.bus.subscribe(["t"]);
    await one.changes();
    expect(one.states).toEqual([false]);
    await redis!.ask("acl", "setuser", "default", "+subscribe");
    await one.is(true);
    const other = await join();
    await other.says("t", "allowed");
    await one.hears("allowed");
    await Promise.all([one.bus.close(), other.bus.close()]);
  },
);

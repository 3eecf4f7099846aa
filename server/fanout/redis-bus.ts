import { randomBytes } from "node:crypto";
import type { Redis } from "ioredis";
import type { Clock } from "#lib/clock.ts";
import { within } from "#lib/wait.ts";
import { type Bus, BusAway, type BusEars } from "./bus.ts";
import { connectRedis, connectServer } from "./redis.ts";
import { partitionOf, partitionTags } from "./topic.ts";

export const redisBusLimits = {
  /** A word sent to oneself, by both connections and through Redis. */
  probeMs: 500,
  /** Probes without an echo after which the bus is unhealthy. Counted, not timed: a worker that stood still for seconds blames nobody. */
  unansweredMax: 2,
  /** The same while topics are being subscribed: a hundred thousand take a moment. */
  unsubscribedMax: 20,
  topicsPerCommandMax: 1_000,
  quitMsMax: 500,
} as const;

/** Who published stands before every message: its own echo is skipped, since it heard itself already. */
const senderBytes = 8;

interface Options {
  readonly redisUrl: string;
  readonly ears: BusEars;
  readonly clock: Pick<Clock, "every">;
  /** One server of a cluster: of its topics alone, by the commands that stay on it. */
  readonly shard?: Shard;
}

export interface Shard {
  readonly host: string;
  readonly port: number;
  /** A partition that this server holds: the probe goes by it. */
  readonly partition: number;
}

/**
 * The bus between processes, over the publish and subscribe of one Redis server. What a worker publishes it hears itself at once, without Redis;
 * the others hear it through Redis. `cluster-bus.ts` makes one of several.
 *
 * Its limit: Redis may lose what it was given, whenever a connection breaks, a buffer overflows or a primary changes. All of that ends a connection
 * or a probe, and shows as unhealthy.
 */
export class RedisBus implements Bus {
  readonly #ears: BusEars;
  readonly #me = randomBytes(senderBytes);
  readonly #publishing: Redis;
  readonly #listening: Redis;
  readonly #shard: Shard | undefined;
  readonly #topics = new Set<string>();
  readonly #probeTopic: string;
  readonly #stopProbing: () => void;
  /** Undefined until it was found to be one or the other. */
  #isHealthy: boolean | undefined;
  #isClosed = false;
  /** Every topic was subscribed on the present connection: from here on probes are sent, and an echo means that all is well. */
  #isComplete = false;
  #isSubscribing = false;
  #unanswered = 0;
  #trouble = "the connection closed";

  /** It says that it is healthy when the first probe has come back, or that it is not when it finds nobody. */
  constructor({ redisUrl, ears, clock, shard }: Options) {
    this.#ears = ears;
    this.#shard = shard;
    this.#probeTopic = `${partitionTags[shard?.partition ?? 0]}:probe:${this.#me.toString("hex")}`;
    const connect = (isPipelined: boolean): Redis =>
      shard
        ? connectServer(redisUrl, shard, { isPipelined })
        : connectRedis(redisUrl, { isPipelined });
    this.#publishing = connect(true);
    this.#listening = connect(false);
    this.#listening.on(
      shard ? "smessageBuffer" : "messageBuffer",
      (topic: Buffer, message: Buffer) => this.#heard(topic, message),
    );
    this.#listening.on("moved", () => this.#lostTopics());
    for (const connection of [this.#listening, this.#publishing]) {
      connection.on("error", ({ message }: Error) => (this.#trouble = message));
      connection.on("ready", () => this.#probe());
      connection.on("close", () => {
        this.#unanswered = 0;
        this.#becomes(false);
      });
    }
    this.#listening.on("close", () => (this.#isComplete = false));
    this.#stopProbing = clock.every(redisBusLimits.probeMs, () => this.#probe());
  }

  get isHealthy(): boolean {
    return this.#isHealthy === true;
  }

  async publish(topic: string, bytes: Uint8Array): Promise<void> {
    if (this.#topics.has(topic)) this.#ears.receive(topic, bytes);
    if (this.#publishing.status !== "ready") throw new BusAway();

    await this.#send(topic, Buffer.concat([this.#me, bytes]));
  }

  async subscribe(topics: readonly string[]): Promise<void> {
    const fresh = topics.filter((topic) => !this.#topics.has(topic));
    for (const topic of fresh) this.#topics.add(topic);
    // On a connection that comes later everything is subscribed; until then the bus is unhealthy, and says so.
    if (this.#listening.status !== "ready") return;
    try {
      // Also what is known already: it may still be on its way for somebody else.
      await this.#inParts(topics, (part) => this.#subscribe(part));
    } catch {
      this.#renew();
    }
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    const known = topics.filter((topic) => this.#topics.delete(topic));
    if (this.#listening.status !== "ready" || known.length === 0) return;
    try {
      await this.#inParts(known, (part) =>
        this.#shard ? this.#listening.sunsubscribe(...part) : this.#listening.unsubscribe(...part),
      );
    } catch {
      this.#renew();
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stopProbing();
    this.#topics.clear();
    // What was published reaches Redis before the connection ends.
    await within(redisBusLimits.quitMsMax, this.#publishing.quit()).catch(() => undefined);
    this.#publishing.disconnect();
    this.#listening.disconnect();
  }

  async #send(topic: string, message: Buffer): Promise<void> {
    try {
      if (this.#shard) await this.#publishing.spublish(topic, message);
      else await this.#publishing.publish(topic, message);
    } catch (error) {
      if (String(error).includes("MOVED ")) this.#lostTopics();
      throw new BusAway();
    }
  }

  #subscribe(topics: readonly string[]): Promise<unknown> {
    return this.#shard
      ? this.#listening.ssubscribe(...topics)
      : this.#listening.subscribe(...topics);
  }

  /** The server of a cluster does not hold all of them any more: what it still holds is subscribed once more, and the rest elsewhere. */
  #lostTopics(): void {
    this.#trouble = "a slot moved";
    this.#isComplete = false;
    this.#becomes(false);
  }

  #heard(topic: Buffer, message: Buffer): void {
    const isOwn = message.compare(this.#me, 0, senderBytes, 0, senderBytes) === 0;
    if (!isOwn) {
      const name = topic.toString("latin1");
      if (this.#topics.has(name)) this.#ears.receive(name, message.subarray(senderBytes));
    } else if (message.length === senderBytes && topic.toString("latin1") === this.#probeTopic) {
      this.#unanswered = 0;
      this.#becomes(true);
    }
  }

  /** In the order of the calls, all of it written before anything is awaited. */
  async #inParts(
    topics: readonly string[],
    ask: (part: readonly string[]) => Promise<unknown>,
  ): Promise<void> {
    // A command of a cluster stays in one slot, and so in one partition.
    const groups = this.#shard ? [...Map.groupBy(topics, partitionOf).values()] : [topics];
    const asked: Promise<unknown>[] = [];
    for (const group of groups) {
      for (let at = 0; at < group.length; at += redisBusLimits.topicsPerCommandMax) {
        asked.push(ask(group.slice(at, at + redisBusLimits.topicsPerCommandMax)));
      }
    }
    await Promise.all(asked);
  }

  async #subscribeAll(): Promise<void> {
    if (this.#isSubscribing) return;

    this.#isSubscribing = true;
    try {
      await this.#inParts([this.#probeTopic, ...this.#topics], (part) => this.#subscribe(part));
      this.#isComplete = true;
      this.#unanswered = 0;
    } catch (error) {
      // Refused, it is asked again with the next probe; broken, with the next connection.
      this.#trouble = String(error);
      this.#becomes(false);
    }
    this.#isSubscribing = false;
    if (this.#isComplete) this.#probe();
  }

  /** Asks for what is missing on the way to an echo, or for the echo. */
  #probe(): void {
    const isReady = [this.#publishing, this.#listening].every(({ status }) => status === "ready");
    if (this.#isClosed || !isReady) return;

    const { unansweredMax, unsubscribedMax } = redisBusLimits;
    const max = this.#isComplete ? unansweredMax : unsubscribedMax;
    if (this.#unanswered >= max) return this.#renew();

    this.#unanswered++;
    if (this.#isComplete) this.#send(this.#probeTopic, this.#me).catch(() => undefined);
    else void this.#subscribeAll();
  }

  /** Both connections anew: one that says nothing may be dead without knowing it. */
  #renew(): void {
    if (this.#isClosed) return;

    this.#trouble = "it did not answer";
    this.#unanswered = 0;
    this.#isComplete = false;
    this.#becomes(false);
    for (const connection of [this.#listening, this.#publishing]) {
      if (connection.status === "ready") connection.disconnect(true);
    }
  }

  #becomes(isHealthy: boolean): void {
    if (this.#isClosed || this.#isHealthy === isHealthy) return;

    this.#isHealthy = isHealthy;
    this.#ears.changed(isHealthy, this.#trouble);
  }
}

import type { Redis } from "ioredis";
import { systemClock } from "#lib/clock.ts";
import { parseRedisUrl } from "../redis-address.ts";
import type { Bus, BusEars } from "./bus.ts";
import { ClusterBus } from "./cluster-bus.ts";
import { connectRedis } from "./redis.ts";
import { partitionTags } from "./topic.ts";

/** What a Redis says of itself, and how it did as a bus. */
export interface RedisExamined {
  readonly version: string;
  readonly isCluster: boolean;
  /** Whether REDIS_URL names it as one. */
  readonly isNamedCluster: boolean;
  /** Of a cluster those that hold something, else one. */
  readonly servers: number;
  readonly isReplica: boolean;
  readonly pingMs: number;
  /** One message, published on one connection and heard on another; of a cluster one through each partition. */
  readonly messageMs: number;
  /** Bytes of a listener's backlog at which Redis cuts it: at once, and after so many seconds; undefined where it doesn't tell. */
  readonly listenerBytes: { readonly hard: number; readonly soft: number } | undefined;
}

/** Asks the Redis of REDIS_URL and publishes one message to itself. Rejects where it can't be reached or refuses; reads and changes nothing else. */
export async function examineRedis(redisUrl: string): Promise<RedisExamined> {
  const [publishing, listening] = [connectRedis(redisUrl), connectRedis(redisUrl)];
  try {
    await Promise.all([ready(publishing), ready(listening)]);
    const info = await publishing.info();
    const pingMs = await msOf(() => publishing.ping());
    const isNamedCluster = parseRedisUrl(redisUrl)?.kind === "cluster";
    return {
      version: valueIn(info, "valkey_version") ?? valueIn(info, "redis_version") ?? "unknown",
      isCluster: valueIn(info, "redis_mode") === "cluster",
      isNamedCluster,
      servers: isNamedCluster ? await serversOf(publishing) : 1,
      isReplica: valueIn(info, "role") === "slave",
      pingMs,
      messageMs: await msOf(() =>
        isNamedCluster ? messagesThrough(redisUrl) : messageBetween(publishing, listening),
      ),
      listenerBytes: await listenerBytesOf(publishing),
    };
  } finally {
    publishing.disconnect();
    listening.disconnect();
  }
}

async function messageBetween(publishing: Redis, listening: Redis): Promise<void> {
  const topic = `doctor:${crypto.randomUUID()}`;
  await listening.subscribe(topic);
  const heard = new Promise<void>((resolve) => listening.once("message", () => resolve()));
  await publishing.publish(topic, "heard?");
  await heard;
}

/** As workers do it: one hears what the other says on a topic of each partition. */
async function messagesThrough(redisUrl: string): Promise<void> {
  const word = crypto.randomUUID();
  const topics = partitionTags.map((tag) => `${tag}:doctor:${word}`);
  const missing = new Set(topics);
  const heard = Promise.withResolvers<void>();
  const [speaker, listener] = [await healthyBus(redisUrl), await healthyBus(redisUrl, receive)];
  function receive(topic: string): void {
    if (missing.delete(topic) && missing.size === 0) heard.resolve();
  }
  try {
    await listener.subscribe(topics);
    await Promise.all(topics.map((topic) => speaker.publish(topic, new Uint8Array())));
    await heard.promise;
  } finally {
    await Promise.all([speaker.close(), listener.close()]);
  }
}

async function healthyBus(
  redisUrl: string,
  receive: BusEars["receive"] = () => undefined,
): Promise<Bus> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const bus = new ClusterBus({
    redisUrl,
    clock: systemClock,
    ears: { receive, changed: (isHealthy) => isHealthy && resolve() },
  });
  await promise;
  return bus;
}

async function serversOf(redis: Redis): Promise<number> {
  const ranges = await redis.cluster("SLOTS");
  return new Set(ranges.map(([, , primary]) => String(primary))).size;
}

/** Managed servers often refuse CONFIG. */
async function listenerBytesOf(redis: Redis): Promise<RedisExamined["listenerBytes"]> {
  try {
    const [, limits = ""] = await redis.config("GET", "client-output-buffer-limit");
    const found = /pubsub (\d+) (\d+) \d+/.exec(limits);
    return found ? { hard: Number(found[1]), soft: Number(found[2]) } : undefined;
  } catch {
    return undefined;
  }
}

/** Rejects with the reason of the first try that fails. */
async function ready(redis: Redis): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  redis.once("ready", resolve);
  redis.once("error", reject);
  redis.once("close", () => reject(new Error("it closes the connection")));
  await promise;
}

async function msOf(work: () => Promise<unknown>): Promise<number> {
  const since = performance.now();
  await work();
  return performance.now() - since;
}

function valueIn(info: string, name: string): string | undefined {
  return new RegExp(`^${name}:(.*?)\\r?$`, "m").exec(info)?.[1];
}

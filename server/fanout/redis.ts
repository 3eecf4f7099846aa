import { Cluster, Redis } from "ioredis";
import { type HostAndPort, parseRedisUrl, type RedisAddress } from "../redis-address.ts";

const redisLimits = {
  connectMsMax: 2_000,
  /** One that is given up may be to a server that stands still, and says no goodbye. */
  disconnectMsMax: 100,
  /** The first pause before a connection is tried again, doubled up to the longest; half of it is by chance. */
  retryMs: { first: 50, max: 1_000 },
  /** How often a cluster is asked who holds what, besides whenever a command went to the wrong one. */
  slotsEveryMs: 5_000,
} as const;

interface Ways {
  /** Sends what is asked within one tick together. */
  readonly isPipelined?: boolean;
  /** Gives up on an answer, which may still come true. */
  readonly answerMsMax?: number;
}

/**
 * A connection to the Redis of REDIS_URL that comes back by itself. A command that can't be written at once is refused rather than kept,
 * and one that was under way when the connection broke is not sent again: whoever asks knows better what has become of it.
 * To a cluster it is a connection to every server, and a command goes to the one that holds its first key.
 */
export function connectRedis(redisUrl: string, ways: Ways = {}): Redis {
  const address = addressOf(redisUrl);
  if (address.kind !== "cluster") {
    return begin(new Redis({ ...optionsOf(address, ways), ...placeOf(address) }));
  }
  const { isPipelined = false } = ways;
  const cluster = new Cluster([...address.servers], {
    redisOptions: optionsOf(address, ways),
    enableOfflineQueue: false,
    enableAutoPipelining: isPipelined,
    lazyConnect: true,
    clusterRetryStrategy: retryMs,
    slotsRefreshTimeout: redisLimits.connectMsMax,
    slotsRefreshInterval: redisLimits.slotsEveryMs,
    scaleReads: "master",
  });
  // What both have in common is all that is used of either; their types say it twice.
  return begin(cluster as unknown as Redis);
}

/** The same to one server of a cluster. */
export function connectServer(redisUrl: string, { host, port }: HostAndPort, ways: Ways): Redis {
  return begin(new Redis({ ...optionsOf(addressOf(redisUrl), ways), host, port }));
}

function begin(redis: Redis): Redis {
  // Told by "close" as well, which is what people here listen to; without a listener it would be thrown.
  redis.on("error", () => undefined);
  redis.connect().catch(() => undefined);
  return redis;
}

function addressOf(redisUrl: string): RedisAddress {
  const address = parseRedisUrl(redisUrl);
  if (!address) throw new Error("REDIS_URL was not checked");
  return address;
}

function optionsOf(address: RedisAddress, { isPipelined = false, answerMsMax }: Ways) {
  return {
    db: address.db,
    ...(address.username !== undefined && { username: address.username }),
    ...(address.password !== undefined && { password: address.password }),
    ...(address.tls && { tls: {} }),
    connectTimeout: redisLimits.connectMsMax,
    disconnectTimeout: redisLimits.disconnectMsMax,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: retryMs,
    lazyConnect: true,
    enableAutoPipelining: isPipelined,
    ...(answerMsMax !== undefined && { commandTimeout: answerMsMax }),
  };
}

function placeOf(address: Exclude<RedisAddress, { kind: "cluster" }>) {
  switch (address.kind) {
    case "server":
      return { host: address.host, port: address.port };
    case "socket":
      return { path: address.path };
    case "sentinel":
      return {
        sentinels: address.sentinels.map((each) => ({ ...each })),
        name: address.name,
        sentinelRetryStrategy: retryMs,
        failoverDetector: true,
        ...(address.tls && { enableTLSForSentinelMode: true }),
        ...(address.password !== undefined && { sentinelPassword: address.password }),
      };
  }
}

function retryMs(attempt: number): number {
  const { first, max } = redisLimits.retryMs;
  const ms = Math.min(max, first * 2 ** Math.min(attempt, 10));
  return ms / 2 + (Math.random() * ms) / 2;
}

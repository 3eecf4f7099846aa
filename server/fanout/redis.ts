import { Redis } from "ioredis";
import { parseRedisUrl, type RedisAddress } from "../redis-address.ts";

const redisLimits = {
  connectMsMax: 2_000,
  /** The first pause before a connection is tried again, doubled up to the longest; half of it is by chance. */
  retryMs: { first: 50, max: 1_000 },
} as const;

/**
 * A connection to the Redis of REDIS_URL that comes back by itself. A command that can't be written at once is refused rather than kept,
 * and one that was under way when the connection broke is not sent again: whoever asks knows better what has become of it.
 * `isPipelined` sends what is asked within one tick together; `answerMsMax` gives up on an answer, which may still come true.
 */
export function connectRedis(
  redisUrl: string,
  { isPipelined = false, answerMsMax }: { isPipelined?: boolean; answerMsMax?: number } = {},
): Redis {
  const address = parseRedisUrl(redisUrl);
  if (!address) throw new Error("REDIS_URL was not checked");

  const redis = new Redis({
    ...placeOf(address),
    db: address.db,
    ...(address.username !== undefined && { username: address.username }),
    ...(address.password !== undefined && { password: address.password }),
    ...(address.tls && { tls: {} }),
    connectTimeout: redisLimits.connectMsMax,
    enableOfflineQueue: false,
    autoResubscribe: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: retryMs,
    lazyConnect: true,
    enableAutoPipelining: isPipelined,
    ...(answerMsMax !== undefined && { commandTimeout: answerMsMax }),
  });
  // Told by "close" as well, which is what people here listen to; without a listener it would be thrown.
  redis.on("error", () => undefined);
  redis.connect().catch(() => undefined);
  return redis;
}

function placeOf(address: RedisAddress) {
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

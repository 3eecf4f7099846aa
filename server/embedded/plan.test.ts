import { expect, test } from "bun:test";
import { planWorkers } from "./plan.ts";

const redis = { path: "/usr/bin/redis-server", version: "7.0.15" };
const plan = (given: {
  wanted?: number;
  redisUrl?: string;
  cores?: number;
  found?: typeof redis;
}) =>
  planWorkers({
    wanted: given.wanted,
    redisUrl: given.redisUrl,
    cores: given.cores ?? 4,
    find: () => given.found,
  });

test("D1 D2: one worker per core where a Redis is there or can be started, else one, with a word about what is missing", () => {
  expect(plan({ redisUrl: "redis://cache" })).toEqual({
    workers: 4,
    redis: undefined,
    missing: undefined,
  });
  expect(plan({ found: redis })).toEqual({ workers: 4, redis, missing: undefined });
  expect(plan({})).toEqual({
    workers: 1,
    redis: undefined,
    missing:
      "One of 4 cores is used: for all of them install redis-server or valkey-server, or set REDIS_URL.",
  });
});

test("D1: one worker needs no Redis and starts none", () => {
  const alone = { workers: 1, redis: undefined, missing: undefined };
  expect(plan({ cores: 1, found: redis })).toEqual(alone);
  expect(plan({ wanted: 1, found: redis })).toEqual(alone);
});

test("D2 D5: WORKERS decides, and where several of them could not hear each other the start is refused", () => {
  expect(plan({ wanted: 3, found: redis })).toMatchObject({ workers: 3, redis });
  expect(plan({ wanted: 3, redisUrl: "redis://cache" })).toMatchObject({ workers: 3 });
  expect(() => plan({ wanted: 3 })).toThrow("WORKERS=3 needs a Redis between them");
});

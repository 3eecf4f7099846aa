import { expect, test } from "bun:test";
import { parseRedisUrl } from "./redis-address.ts";

test("D1 D5: REDIS_URL names a server, a socket or sentinels, with everything that has a default left out or not", () => {
  const plain = { db: 0, tls: false };
  expect(parseRedisUrl("redis://cache")).toEqual({
    kind: "server",
    host: "cache",
    port: 6379,
    ...plain,
  });
  expect(parseRedisUrl("rediss://ada:p%40ss@[::1]:7000/3")).toEqual({
    kind: "server",
    host: "::1",
    port: 7000,
    username: "ada",
    password: "p@ss",
    db: 3,
    tls: true,
  });
  expect(parseRedisUrl("redis://:word@127.0.0.1:6379/")).toMatchObject({ password: "word" });
  for (const text of ["unix:/run/redis.sock", "unix:///run/redis.sock"]) {
    expect(parseRedisUrl(text)).toEqual({ kind: "socket", path: "/run/redis.sock", ...plain });
  }
  expect(parseRedisUrl("redis+sentinel://one,two:26380/primary/2")).toEqual({
    kind: "sentinel",
    sentinels: [
      { host: "one", port: 26379 },
      { host: "two", port: 26380 },
    ],
    name: "primary",
    db: 2,
    tls: false,
  });
  expect(parseRedisUrl("rediss+cluster://:word@one:7000,two/")).toEqual({
    kind: "cluster",
    servers: [
      { host: "one", port: 7000 },
      { host: "two", port: 6379 },
    ],
    password: "word",
    db: 0,
    tls: true,
  });
});

test("D5: what is no such address is none", () => {
  for (const text of [
    "",
    "cache:6379",
    "http://cache",
    "redis://",
    "redis://one,two",
    "redis://cache:0",
    "redis://cache:65536",
    "redis://cache/one",
    "redis://cache/0/1",
    "redis://cache?db=1",
    "redis+sentinel://one",
    "redis+sentinel://one/primary/0/1",
    "redis+cluster://one/1",
    "redis+other://one",
    "unix:redis.sock",
  ]) {
    expect([text, parseRedisUrl(text)]).toEqual([text, undefined]);
  }
  expect(parseRedisUrl("redis://cache:65535")).toBeDefined();
});

import { expect, test } from "bun:test";
import { readConfig } from "../../server/config.ts";
import { redisProgram, TestRedis } from "../../server/test/redis.ts";
import { TestCluster } from "../../server/test/redis-cluster.ts";
import { findOwnServer } from "../own-server.ts";
import { thresholds } from "./finding.ts";
import { redis, redisFindings } from "./redis.ts";

async function look(redisUrl?: string) {
  const config = readConfig({ ...(redisUrl && { REDIS_URL: redisUrl }) });
  const found = await redis({ config, server: findOwnServer(config), now: Date.now });
  return found.map(({ state, says }) => `${state}: ${says}`);
}

test("D4 B36: without REDIS_URL no Redis is missed; one that is away or speaks something else is red, without its password", async () => {
  expect(await look()).toEqual([expect.stringContaining("good: One worker serves everybody")]);
  const away = await look("redis://:s3cr3t-word@127.0.0.1:1");
  expect(away).toEqual([expect.stringContaining("bad: It can't be asked")]);
  expect(away.join()).not.toContain("s3cr3t-word");
  using other = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { open: (socket) => void socket.end(), data: () => undefined },
  });
  expect(await look(`redis://127.0.0.1:${other.port}`)).toEqual([
    expect.stringContaining("bad: It can't be asked"),
  ]);
});

test.skipIf(redisProgram === undefined)(
  "D4 B36 R36: of a Redis that is well it says the version, the time of an answer and that messages pass; one that holds still is red",
  async () => {
    await using server = await TestRedis.start();
    expect(await look(server.url)).toEqual([
      expect.stringMatching(/^good: Redis \d+\.\d+\.\d+ answers in [\d.]+ ms\.$/),
      expect.stringMatching(/^good: A message passes through it in [\d.]+ ms\.$/),
    ]);
    await server.ask("config", "set", "client-output-buffer-limit", "pubsub 64kb 32kb 60");
    expect((await look(server.url)).at(-1)).toStartWith(
      "advice: It cuts a listener that is 32 KiB behind",
    );
    await server.ask("acl", "setuser", "default", "on", ">word", "resetchannels", "-@all", "+info");
    expect(await look(server.url)).toEqual([expect.stringContaining("bad: It can't be asked")]);
    server.freeze();
    expect(await look(server.url)).toEqual([
      expect.stringContaining("bad: It does not answer within 5 s"),
    ]);
    server.thaw();
  },
);

test.skipIf(redisProgram === undefined)(
  "D4 B36: of a cluster it says how many hold all slots; one server of it, named alone, is red",
  async () => {
    await using cluster = await TestCluster.start();
    expect(await look(cluster.url)).toEqual([
      expect.stringMatching(/^good: Redis \d+\.\d+\.\d+ answers in [\d.]+ ms\.$/),
      expect.stringMatching(/^good: A message passes through it in [\d.]+ ms\.$/),
      "good: It is a cluster of 3 servers that hold all slots.",
    ]);
    const [, alone] = /\+cluster:\/\/([^,]+)/.exec(cluster.url)!;
    expect((await look(`redis://${alone}`)).join()).toContain("bad: It is part of a cluster.");
  },
);

test("D4 B36: a Redis that is old, a replica or part of a cluster is red, each side of the oldest version", () => {
  const well = {
    version: "7.0.15",
    isCluster: false,
    isNamedCluster: false,
    servers: 1,
    isReplica: false,
    pingMs: 0.1,
    messageMs: 0.2,
    listenerBytes: { hard: 0, soft: thresholds.listenerBytes },
  };
  const worst = (change: Partial<typeof well>) =>
    redisFindings({ ...well, ...change }).find(({ state }) => state !== "good")?.state;
  expect(worst({})).toBeUndefined();
  expect(worst({ version: "6.2.0" })).toBeUndefined();
  expect(worst({ version: "6.0.16" })).toBe("bad");
  expect(worst({ version: "10.0.0" })).toBeUndefined();
  expect(worst({ isReplica: true })).toBe("bad");
  expect(worst({ isCluster: true })).toBe("bad");
  const asCluster = { isCluster: true, isNamedCluster: true, servers: 3 };
  expect(worst(asCluster)).toBeUndefined();
  expect(worst({ ...asCluster, version: "6.2.14" })).toBe("bad");
  expect(worst({ listenerBytes: { hard: thresholds.listenerBytes - 1, soft: 0 } })).toBe("advice");
});

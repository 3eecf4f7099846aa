/** A channel of 100,000 members, of whom a thousand per second come and go on one worker, seen from another: `npm run verify large-channel`. */
import { expect, test } from "bun:test";
import { createHistogram } from "node:perf_hooks";
import { encodeAnswer } from "#wire/codec.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { systemClock } from "#lib/clock.ts";
import { findWithin, pause } from "#lib/wait.ts";
import { openBus } from "../fanout/open-bus.ts";
import { Relay } from "../fanout/relay.ts";
import { isFeed } from "../fanout/topic.ts";
import { redisProgram, TestRedis } from "../test/redis.ts";
import { openPresence } from "./open-presence.ts";

const onRedis = test.skipIf(redisProgram === undefined);
const channel = 7 as ChannelId;
const members = Array.from({ length: 100_000 }, (_, at) => (at + 1) as UserId);
const perSecond = 1_000;
const seconds = 10;
const agreeMsMax = 2_000;

/** What a worker has of presence, on a bus of its own. */
function startWorker(redisUrl: string, heard: (user: UserId, isOnline: boolean) => void) {
  const bus = openBus({
    redisUrl,
    receive: (topic, bytes) => void (isFeed(topic) && presence.hear(bytes)),
    doubted: () => undefined,
    clock: systemClock,
  });
  const presence = openPresence({
    redisUrl,
    publish: (topic, event) => void bus.publish(topic, encodeAnswer(event)).catch(() => undefined),
    relay: new Relay(bus),
    tellWatchers: (_, event) => {
      if (event.op !== "presence") return;
      for (const { user, online } of event.people) heard(user, online);
    },
    tellCount: () => undefined,
    readMembers: async (_, countMax) => members.slice(0, countMax),
    restored: () => undefined,
    clock: systemClock,
  });
  const stop = async () => {
    await presence.stop();
    await bus.close();
  };
  return { bus, presence, stop };
}

onRedis(
  "W9 P10 X5 X12: of 100,000 members a thousand per second come and go, and another worker has it right within 2 s",
  async () => {
    await using redis = await TestRedis.start();
    const changedAtMs = new Map<UserId, { atMs: number; isOnline: boolean }>();
    const latency = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
    let late = 0;
    let heard = 0;
    const one = startWorker(redis.url, () => undefined);
    const other = startWorker(redis.url, (user, isOnline) => {
      const change = changedAtMs.get(user);
      if (change?.isOnline !== isOnline) return;
      changedAtMs.delete(user);
      heard++;
      const ms = performance.now() - change.atMs;
      latency.record(Math.max(1, Math.round(ms * 1_000)));
      if (ms > agreeMsMax) late++;
    });
    const areHealthy = () => (one.bus.isHealthy && other.bus.isHealthy ? true : undefined);
    expect(await findWithin(5_000, areHealthy)).toBe(true);

    const isOnline = new Map<UserId, boolean>();
    const half = members.slice(0, members.length / 2);
    for (const user of half) {
      one.presence.arrived(user, "here", false);
      isOnline.set(user, true);
    }
    const isKnown = async () =>
      (await one.presence.online(half.length - 2, 9)).length === 2 ? true : undefined;
    expect(await findWithin(30_000, isKnown)).toBe(true);
    await pause(500);
    const sinceMs = performance.now();
    expect(await other.presence.counts.look(channel)).toBe(half.length);
    const countedMs = performance.now() - sinceMs;

    const beginMs = performance.now();
    const cpu = process.cpuUsage();
    let changes = 0;
    for (; changes < perSecond * seconds; changes++) {
      const leftMs = beginMs + (changes / perSecond) * 1_000 - performance.now();
      if (leftMs > 0) await pause(leftMs);
      // Somebody in ten seconds at most once.
      const user = half[(changes * 3) % half.length]!;
      const isNow = !isOnline.get(user);
      isOnline.set(user, isNow);
      changedAtMs.set(user, { atMs: performance.now(), isOnline: isNow });
      one.presence.shows(user, isNow ? "here" : "offline");
    }
    await findWithin(agreeMsMax, () => (changedAtMs.size === 0 ? true : undefined));
    const spent = process.cpuUsage(cpu);
    const online = [...isOnline.values()].filter(Boolean).length;
    expect(await other.presence.counts.look(channel)).toBe(online);
    expect((heard - late) / changes).toBeGreaterThanOrEqual(0.99);
    process.stdout.write(
      `counted in ${Math.round(countedMs)} ms; ${changes} changes, ${((100 * (heard - late)) / changes).toFixed(2)} % seen within 2 s, ` +
        `p50 ${latency.percentile(50) / 1_000}, p99 ${latency.percentile(99) / 1_000} ms; ` +
        `${Math.round((spent.user + spent.system) / changes)} µs of CPU per change, both workers\n`,
    );
    await Promise.all([one.stop(), other.stop()]);
  },
  120_000,
);

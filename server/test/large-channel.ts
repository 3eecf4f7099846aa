/** A large channel, of whose members many come and go on one worker, seen from another. */
import { createHistogram } from "node:perf_hooks";
import { encodeAnswer } from "#wire/codec.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { systemClock } from "#lib/clock.ts";
import { findWithin, pause } from "#lib/wait.ts";
import { openBus } from "../fanout/open-bus.ts";
import { Relay } from "../fanout/relay.ts";
import { isFeed } from "../fanout/topic.ts";
import { feedMs } from "../presence/feed.ts";
import { openPresence } from "../presence/open-presence.ts";
import { TestRedis } from "./redis.ts";

const channel = 7 as ChannelId;
const agreeMsMax = 2_000;

/** What a worker has of presence, on a bus of its own. */
function startWorker(
  redisUrl: string,
  members: readonly UserId[],
  heard: (user: UserId, isOnline: boolean) => void,
) {
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

export interface LargeChannel {
  readonly members: number;
  /** Half of the members are here; of these so many per second go and come back. */
  readonly perSecond: number;
  readonly seconds: number;
}

export interface Seen {
  /** As the other worker counts at the beginning and at the end, and as it is. */
  readonly counts: readonly [before: number | undefined, after: number | undefined];
  readonly truth: readonly [before: number, after: number];
  readonly changes: number;
  /** Of the changes those that the other worker had heard of within 2 s, 0 to 1. */
  readonly inTime: number;
  readonly countedMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Of both workers. */
  readonly cpuMicrosPerChange: number;
}

/** One worker has half of the members, who come and go; another has somebody who looks at the channel. Both on a Redis of their own. */
export async function watchLargeChannel(asked: LargeChannel): Promise<Seen> {
  const { perSecond, seconds } = asked;
  await using redis = await TestRedis.start();
  const members = Array.from({ length: asked.members }, (_, at) => (at + 1) as UserId);
  const untold = new Map<UserId, { readonly atMs: number; readonly isOnline: boolean }>();
  const latency = createHistogram({ lowest: 1, highest: 60_000_000, figures: 3 });
  let inTime = 0;
  const one = startWorker(redis.url, members, () => undefined);
  const other = startWorker(redis.url, members, (user, isOnline) => {
    const change = untold.get(user);
    if (change?.isOnline !== isOnline) return;
    untold.delete(user);
    const ms = performance.now() - change.atMs;
    latency.record(Math.max(1, Math.round(ms * 1_000)));
    if (ms <= agreeMsMax) inTime++;
  });
  const areHealthy = () => (one.bus.isHealthy && other.bus.isHealthy ? true : undefined);
  if (!(await findWithin(5_000, areHealthy))) throw new Error("the bus did not come up");

  const isOnline = new Map<UserId, boolean>();
  const half = members.slice(0, members.length / 2);
  for (const user of half) {
    one.presence.arrived(user, "here", false);
    isOnline.set(user, true);
  }
  const areKnown = async () =>
    (await other.presence.here(half)).size === half.length ? true : undefined;
  if (!(await findWithin(30_000, areKnown))) throw new Error("not all came");
  await pause(2 * feedMs); // What was gathered of their coming is told.
  const lookedMs = performance.now();
  const before = await other.presence.counts.look(channel);
  const countedMs = performance.now() - lookedMs;

  const beginMs = performance.now();
  const cpu = process.cpuUsage();
  let changes = 0;
  for (; changes < perSecond * seconds; changes++) {
    const leftMs = beginMs + (changes / perSecond) * 1_000 - performance.now();
    if (leftMs > 0) await pause(leftMs);
    const user = half[changes % half.length]!;
    const isNow = !isOnline.get(user);
    isOnline.set(user, isNow);
    untold.set(user, { atMs: performance.now(), isOnline: isNow });
    one.presence.shows(user, isNow ? "here" : "offline");
  }
  await findWithin(2 * agreeMsMax, () => (untold.size === 0 ? true : undefined));
  const spent = process.cpuUsage(cpu);
  const after = await other.presence.counts.look(channel);
  await Promise.all([one.stop(), other.stop()]);
  return {
    counts: [before, after],
    truth: [half.length, [...isOnline.values()].filter(Boolean).length],
    changes,
    inTime: inTime / changes,
    countedMs,
    p50Ms: latency.percentile(50) / 1_000,
    p99Ms: latency.percentile(99) / 1_000,
    cpuMicrosPerChange: (spent.user + spent.system) / changes,
  };
}

/** Whatever a socket was about to follow when it went, nothing of it stays. */
import { expect, test } from "bun:test";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { Delivery } from "../fanout/deliver.ts";
import { MemoryHub } from "../fanout/memory-bus.ts";
import { Relay } from "../fanout/relay.ts";
import { Sessions } from "../session/sessions.ts";
import { HandClock } from "../test/hand-clock.ts";
import { loneSession } from "../test/lone-session.ts";
import { reasonOf } from "../test/reason.ts";
import { subscribeDurable, unsubscribeDurable } from "./barrier.ts";
import { leave, leaveTopics } from "./leave.ts";
import { hello } from "./hello.ts";
import { followLive, leaveChannel } from "./open-channel.ts";
import type { Verified } from "../auth/verify.ts";
import type { ChatParts } from "./parts.ts";
import { watchPeople } from "./people.ts";
import { TypingBook } from "./typing-book.ts";

const lobby = 7 as ChannelId;
const library = 8 as ChannelId;
const ada = 11 as UserId;

/** The rooms that know what is followed, with a bus that acknowledges when a test says so. */
function start() {
  const clock = new HandClock();
  const bus = new MemoryHub().connect(() => undefined);
  const onBus = new Set<string>();
  const acknowledged = { next: Promise.resolve() };
  const slowBus = {
    ...bus,
    subscribe: async (topics: readonly string[]) => {
      await acknowledged.next;
      for (const topic of topics) onBus.add(topic);
    },
    unsubscribe: async (topics: readonly string[]) => {
      for (const topic of topics) onBus.delete(topic);
    },
  };
  const delivery = new Delivery({
    bus: slowBus,
    publish: () => undefined,
    readHeads: async () => new Map(),
    readIntervals: async () => ({ intervals: [], more: false }),
    removing: () => undefined,
    personalDelivered: () => undefined,
    after: (ms, call) => clock.after(ms, call),
  });
  const parts = {
    delivery,
    relay: new Relay(slowBus),
    sessions: new Sessions(),
    typing: new TypingBook({
      changed: () => undefined,
      now: () => clock.now(),
      after: (ms, call) => clock.after(ms, call),
    }),
    presence: { arrived: () => undefined, here: async () => new Map() },
    onlineCounts: { look: async () => undefined, unlook: () => undefined },
    reads: { statuses: async () => [] },
    readMemberOf: async (_: UserId, channels: readonly ChannelId[]) => new Set(channels),
  } as unknown as ChatParts;
  const { session, topics } = loneSession();
  session.identity = { userId: ada, name: "Ada", sessionId: "a" };
  /** As the engine does it. */
  const goes = () => {
    session.ended();
    leave(parts, session);
  };
  return { parts, delivery, session, topics, onBus, acknowledged, goes };
}

test("X16: a socket that goes while the bus acknowledges follows nothing afterwards", async () => {
  const { parts, delivery, session, onBus, acknowledged, goes } = start();
  const slow = Promise.withResolvers<void>();
  acknowledged.next = slow.promise;
  const subscribing = [
    subscribeDurable(parts, session, [lobby, library]),
    watchPeople(parts, session, [ada]),
  ];
  goes();
  slow.resolve();
  await Promise.all(subscribing);
  expect([delivery.followed(), [...onBus], session.followed.size, session.watched.size]).toEqual([
    [],
    [],
    0,
    0,
  ]);
});

test("X16: for a socket that is gone nothing is begun", async () => {
  const { parts, delivery, session, onBus, goes } = start();
  goes();
  await subscribeDurable(parts, session, [lobby]);
  await watchPeople(parts, session, [ada]);
  expect([delivery.followed(), [...onBus]]).toEqual([[], []]);
});

test("W6: a lagging socket leaves every topic in one tick, and for it nothing is begun", async () => {
  const { parts, delivery, session, topics, onBus } = start();
  const follows = async () => {
    await subscribeDurable(parts, session, [lobby, library]);
    await watchPeople(parts, session, [ada]);
    await followLive(parts, session, lobby);
  };
  await follows();
  expect(topics.size).toBe(4);
  session.lag = { sinceMs: 0, askedAtMs: undefined };
  leaveTopics(parts, session);
  expect(topics.size).toBe(0);
  await follows();
  expect([topics.size, delivery.followed(), [...onBus]]).toEqual([0, [], []]);
  session.lag = undefined;
  await follows();
  expect(topics.size).toBe(4);
});

test("P1: who goes while their token is read was never here", async () => {
  const { parts, session, goes } = start();
  session.identity = undefined;
  const verified = Promise.withResolvers<Verified>();
  const arrived: UserId[] = [];
  const { reply, then: next } = hello(
    {
      ...parts,
      enter: () => verified.promise,
      presence: { ...parts.presence, arrived: (user) => void arrived.push(user) },
    },
    session,
    { op: "hello", ref: 1, token: "of Ada", epoch: "", streams: [] },
  );
  goes();
  verified.resolve({ userId: ada, name: "Ada", sessionId: "a", expiresAtMs: 1 });
  await reply;
  await next?.();
  expect([arrived, parts.sessions.ofUser(ada), session.identity]).toEqual([[], [], undefined]);
});

test("a socket gives back what it followed, and another one keeps it", async () => {
  const { parts, delivery, session, topics, goes } = start();
  await subscribeDurable(parts, session, [lobby, library]);
  await subscribeDurable(parts, session, [lobby]);
  expect([topics.size, delivery.followed()]).toEqual([2, [lobby, library]]);
  await delivery.follow([library]);
  goes();
  expect(delivery.followed()).toEqual([library]);
});

test("C11: who is removed while the subscription is under way is not put onto the topic", async () => {
  const { parts, delivery, session, topics, acknowledged } = start();
  const slow = Promise.withResolvers<void>();
  acknowledged.next = slow.promise;
  const subscribing = subscribeDurable(parts, session, [lobby]);
  unsubscribeDurable(parts, session, [lobby]);
  slow.resolve();
  await subscribing;
  expect([topics.size, delivery.followed()]).toEqual([0, []]);
});

test("C11: who is removed while an opened channel is being followed stands on none of its topics", async () => {
  const { parts, session, topics, onBus, acknowledged } = start();
  await subscribeDurable(parts, session, [lobby]);
  const slow = Promise.withResolvers<void>();
  acknowledged.next = slow.promise;
  const following = followLive(parts, session, lobby);
  leaveChannel(parts, session, lobby);
  slow.resolve();
  await following;
  expect([[...topics], [...session.open], [...onBus]]).toEqual([[], [], []]);
});

test("whoever asks for a stream while another question subscribes it waits for the same barrier", async () => {
  const { parts, session, topics, acknowledged } = start();
  const slow = Promise.withResolvers<void>();
  acknowledged.next = slow.promise;
  const first = subscribeDurable(parts, session, [lobby]);
  let isThrough = false;
  const second = subscribeDurable(parts, session, [lobby]).then(() => (isThrough = true));
  await new Promise<void>((resolve) => setImmediate(resolve));
  expect([isThrough, topics.size]).toEqual([false, 0]);
  slow.resolve();
  await Promise.all([first, second]);
  expect(topics.size).toBe(1);
});

test("where the bus fails the socket is on no topic, and may ask again", async () => {
  const { parts, delivery, session, topics, acknowledged } = start();
  acknowledged.next = Promise.reject(new Error("the bus is away"));
  expect(await reasonOf(subscribeDurable(parts, session, [lobby]))).toContain("away");
  expect([topics.size, delivery.followed(), session.followed.size]).toEqual([0, [], 0]);
  acknowledged.next = Promise.resolve();
  await subscribeDurable(parts, session, [lobby]);
  expect(topics.size).toBe(1);
});

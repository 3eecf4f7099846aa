/** Streams of a channel and of a user come in no order between them: who is a member again is subscribed, whatever came first. */
import { expect, test } from "bun:test";
import type { Interval } from "#wire/event.ts";
import type { ChannelId, StreamId, UserId } from "#wire/ids.ts";
import type { Row } from "#wire/row.ts";
import { announcementOf } from "../fanout/announcement.ts";
import { Delivery } from "../fanout/deliver.ts";
import { MemoryHub } from "../fanout/memory-bus.ts";
import { Relay } from "../fanout/relay.ts";
import { durableTopic, liveTopic } from "../fanout/topic.ts";
import { Sessions } from "../session/sessions.ts";
import type { CaughtUp } from "../store/catch-up.ts";
import type { HeldChannel } from "../store/reads.ts";
import { HandClock } from "../test/hand-clock.ts";
import { loneSession } from "../test/lone-session.ts";
import { subscribeDurable } from "./barrier.ts";
import { catchUpAll } from "./hello.ts";
import { followOwn, removeMembers } from "./join.ts";
import { openChannel } from "./open-channel.ts";
import type { ChatParts } from "./parts.ts";

const lobby = 7 as ChannelId;
const ada = 11 as UserId;

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

/** Ada's socket, and what PostgreSQL says of her being in the lobby, one answer after the other and then always the last. */
function start(...answers: Promise<boolean>[]) {
  const clock = new HandClock();
  const delivery = new Delivery({
    bus: new MemoryHub().connect(() => undefined),
    publish: () => undefined,
    readHeads: async () => new Map(),
    readIntervals: async () => ({ intervals: [], more: false }),
    removing: () => undefined,
    personalDelivered: () => undefined,
    after: (ms, call) => clock.after(ms, call),
  });
  const summarised: ChannelId[] = [];
  /** Of the lobby nobody said anything since the cursor; read when a test says so. */
  const caughtUp = { next: Promise.resolve() };
  const sessions = new Sessions();
  const parts = {
    delivery,
    relay: new Relay(new MemoryHub().connect(() => undefined)),
    sessions,
    epoch: () => "one",
    typing: { stopped: () => undefined },
    onlineCounts: { look: async () => undefined, unlook: () => undefined },
    reads: {
      pointers: async () => [],
      channels: async (_: UserId, held: readonly HeldChannel[]) => {
        await caughtUp.next;
        const of = ({ channelId, cursor }: HeldChannel): [ChannelId, CaughtUp] => {
          const [from, through, head] = [cursor, cursor, cursor];
          return [channelId, { stream: channelId, from, through, head, cut: false, rows: [] }];
        };
        return new Map(held.map(of));
      },
      summaries: async (_: UserId, channels: readonly ChannelId[]) => {
        summarised.push(...channels);
        return [];
      },
    },
    readMemberOf: async (_: UserId, channels: readonly ChannelId[]) => {
      const isIn = await (answers.length > 1 ? answers.shift()! : answers[0]!);
      return new Set(isIn ? channels : []);
    },
  } as unknown as ChatParts;
  const { session, topics } = loneSession();
  session.identity = { userId: ada, name: "Ada", sessionId: "a" };
  sessions.add(session);
  sessions.greeted(session);
  return { parts, session, topics, summarised, caughtUp };
}

const announcement = (stream: StreamId, row: Row) => {
  const interval: Interval = { stream, from: row.version - 1, through: row.version, rows: [row] };
  return announcementOf(interval);
};

const removed = announcement(lobby, { kind: "member", entity: ada, version: 5, body: null });
const left = announcement(ada, { kind: "membership", entity: lobby, version: 8, body: null });
const joined = announcement(ada, {
  kind: "membership",
  entity: lobby,
  version: 9,
  body: { textId: "lobby", kind: "group", name: "Lobby", role: "member", peer: null, joinedAt: 1 },
});

test("C11 W5: whose removal comes after the news that they are back stands on the topic again, and is told where the channel is", async () => {
  const { parts, session, topics, summarised } = start(Promise.resolve(true));
  await subscribeDurable(parts, session, [lobby]);
  followOwn(parts, joined);
  removeMembers(parts, removed);
  expect([...topics]).toEqual([]);
  await settled();
  expect([...topics]).toEqual([durableTopic(lobby)]);
  expect(summarised).toEqual([lobby]);
});

test("C11: who is removed leaves the topic, and stays away", async () => {
  const { parts, session, topics } = start(Promise.resolve(true), Promise.resolve(false));
  await subscribeDurable(parts, session, [lobby]);
  removeMembers(parts, removed);
  await settled();
  expect([[...topics], session.followed.size]).toEqual([[], 0]);
});

test("C11 W5: who joins while a subscription is under way that finds them outside is subscribed all the same", async () => {
  const before = Promise.withResolvers<boolean>();
  const { parts, session, topics, summarised } = start(before.promise, Promise.resolve(true));
  const subscribing = subscribeDurable(parts, session, [lobby]);
  await settled();
  followOwn(parts, joined);
  before.resolve(false);
  await subscribing;
  await settled();
  expect([...topics]).toEqual([durableTopic(lobby)]);
  expect(summarised).toEqual([lobby]);
});

test("C10 C11 W5: who is removed and back while a channel is being opened opens it once more, from where they were", async () => {
  const { parts, session, topics, caughtUp } = start(Promise.resolve(true));
  const reading = Promise.withResolvers<void>();
  caughtUp.next = reading.promise;
  const open = () =>
    openChannel(parts, session, { op: "open", ref: 1, channel: lobby, epoch: "one", cursor: 5 });
  const opening = open();
  await settled();
  expect([...topics]).toEqual([durableTopic(lobby), liveTopic(lobby)]);
  followOwn(parts, left);
  followOwn(parts, joined);
  await settled();
  reading.resolve();
  expect(await opening).toEqual({ refused: "unavailable" });
  expect(await open()).toEqual({ op: "opened", pointers: [] });
  expect([...topics]).toEqual([durableTopic(lobby), liveTopic(lobby)]);
});

test("W2: who holds nothing of a channel in which nothing happened is told its newest page all the same", async () => {
  const { parts, session } = start(Promise.resolve(true));
  const paged: ChannelId[] = [];
  const empty = { channelId: lobby, isDirect: false, head: 0, activeAtMs: 0 };
  Object.assign(parts.reads, {
    memberships: async () => [empty],
    profile: async () => undefined,
    directPeers: async () => [],
    page: async (_: UserId, channel: ChannelId) => void paged.push(channel),
  });
  await catchUpAll(parts, session, { epoch: "one", streams: [{ stream: lobby, cursor: 0 }] });
  expect(paged).toEqual([lobby]);
});

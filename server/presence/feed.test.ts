import { expect, test } from "bun:test";
import type { Event } from "#wire/event.ts";
import type { UserId } from "#wire/ids.ts";
import { HandClock } from "../test/hand-clock.ts";
import { Feed, feedMs } from "./feed.ts";
import type { PresenceState } from "./registry.ts";

const [ada, grace, linus] = [1, 2, 65] as UserId[] as [UserId, UserId, UserId];

function start() {
  const clock = new HandClock();
  const here = new Map<UserId, PresenceState>();
  const published: [string, Event][] = [];
  const asked = { next: Promise.resolve() };
  const feed = new Feed({
    publish: (topic, event) => void published.push([topic, event]),
    topicOf: (user) => `partition ${user % 64}`,
    here: async (users) => {
      const found = new Map([...here].filter(([user]) => users.includes(user)));
      await asked.next;
      return found;
    },
    after: (ms, call) => clock.after(ms, call),
  });
  const settles = async () => {
    for (let turn = 0; turn < 10; turn++) await Promise.resolve();
  };
  return { clock, here, published, asked, feed, settles };
}

test("P5: what happens within 100 ms is told once, in one frame for each partition, as it is then", async () => {
  const { clock, here, published, feed, settles } = start();
  feed.changed(ada, null);
  feed.changed(grace, null);
  feed.changed(linus, 7);
  feed.changed(ada, 5);
  expect(clock.waiting).toBe(1);
  here.set(ada, "away").set(grace, "here");
  clock.pass(feedMs);
  await settles();
  expect(published).toEqual([
    [
      "partition 1",
      {
        op: "presence",
        people: [
          { user: ada, online: true, lastSeenAt: null, away: true },
          { user: linus, online: false, lastSeenAt: 7, away: false },
        ],
      },
    ],
    [
      "partition 2",
      { op: "presence", people: [{ user: grace, online: true, lastSeenAt: null, away: false }] },
    ],
  ]);
});

test("P5: what is told later is heard later, however long it takes to ask", async () => {
  const { clock, here, published, asked, feed, settles } = start();
  const slow = Promise.withResolvers<void>();
  asked.next = slow.promise;
  here.set(ada, "here");
  feed.changed(ada, null);
  clock.pass(feedMs);
  await settles();
  asked.next = Promise.resolve();
  here.clear();
  feed.changed(ada, 9);
  clock.pass(feedMs);
  await settles();
  expect(published).toEqual([]);
  slow.resolve();
  await settles();
  await settles();
  expect(
    published.map(([, event]) => (event.op === "presence" ? event.people[0]!.online : undefined)),
  ).toEqual([true, false]);
});

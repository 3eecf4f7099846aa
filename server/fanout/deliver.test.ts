import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Interval } from "#wire/event.ts";
import type { ChannelId, Seq } from "#wire/ids.ts";
import type { Row } from "#wire/row.ts";
import { ada, interval, lobby, removed, rowAt, startDelivery } from "../test/start-delivery.ts";
import { cutIntervals } from "./cut.ts";
import { deliveryLimits } from "./deliver.ts";
import { durableTopic } from "./topic.ts";

/** Lets everything that waits for a promise go on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

const edges = (published: readonly Interval[]) =>
  published.map(({ from, through }) => [from, through]);

/** What a socket holds that applies everything as PROTOCOL.md says: the addresses in order of arrival, and its cursor. */
function applied(published: readonly Interval[], held: Seq): { seqs: Seq[]; cursor: Seq } {
  const seqs: Seq[] = [];
  let cursor = held;
  for (const { from, through, rows } of published) {
    if (from > cursor) throw new Error(`a hole: (${cursor}, ${from}]`);
    for (const { version } of rows) if (version > cursor) seqs.push(version);
    cursor = Math.max(cursor, through);
  }
  return { seqs, cursor };
}

test("W2: every interval is published once and in order, and a repetition not at all", async () => {
  const { delivery, published, clock } = startDelivery({ head: 4 });
  await delivery.follow([lobby]);
  await delivery.announce(interval(4, 5));
  await delivery.announce(interval(5, 7));
  await delivery.announce(interval(4, 5));
  await delivery.announce(interval(2, 4));
  expect(edges(published)).toEqual([
    [4, 5],
    [5, 7],
  ]);
  expect(published[0]).toEqual({ op: "interval", ...interval(4, 5) } as never);
  expect(clock.waiting).toBe(0);
});

test("W2: an announcement that overtook another waits for it, and PostgreSQL is not asked", async () => {
  const { delivery, published, clock, reads } = startDelivery({ head: 4 });
  await delivery.follow([lobby]);
  await delivery.announce(interval(6, 7));
  await delivery.announce(interval(5, 6));
  clock.pass(deliveryLimits.holdMs - 1);
  expect(published).toEqual([]);
  await delivery.announce(interval(4, 5));
  expect(edges(published)).toEqual([
    [4, 5],
    [5, 6],
    [6, 7],
  ]);
  clock.pass(1_000);
  expect([reads, clock.waiting]).toEqual([[], 0]);
});

test("W2: a lost announcement is read after 50 ms, once, and what waited follows it", async () => {
  const { delivery, published, clock, heads, reads } = startDelivery({ head: 4 });
  await delivery.follow([lobby]);
  await delivery.announce(interval(5, 6));
  await delivery.announce(interval(6, 7));
  heads.set(lobby, 7);
  clock.pass(deliveryLimits.holdMs);
  await settled();
  expect(reads).toEqual([4]);
  expect(applied(published, 4)).toEqual({ seqs: [5, 6, 7], cursor: 7 });
  clock.pass(10_000);
  await settled();
  expect([reads, published.length, clock.waiting]).toEqual([[4], 1, 0]);
});

test("W2: what was announced while a hole was read is not said again with it", async () => {
  const { delivery, published, gate, heads } = startDelivery({ head: 4 });
  await delivery.follow([lobby]);
  const opened = Promise.withResolvers<void>();
  gate.open = opened.promise;
  heads.set(lobby, 7);
  delivery.headSeen(lobby, 7); // From 4 on it is read.
  await delivery.announce(interval(4, 5));
  await delivery.announce(interval(5, 6));
  opened.resolve();
  await settled();
  expect(published.map(({ from, through, rows }) => [from, through, rows.length])).toEqual([
    [4, 5, 1],
    [5, 6, 1],
    [6, 7, 1],
  ]);
});

test("W2: an announcement that reaches over what was delivered is published as it is", async () => {
  const { delivery, published } = startDelivery({ head: 4 });
  await delivery.follow([lobby]);
  await delivery.announce(interval(2, 6));
  expect(edges(published)).toEqual([[2, 6]]);
  expect(delivery.deliveredOf(lobby)).toBe(6);
});

test("W2: what is announced before the head was read is not lost", async () => {
  const { delivery, published, gate, heads } = startDelivery({ head: 4 });
  const opened = Promise.withResolvers<void>();
  gate.open = opened.promise;
  const following = delivery.follow([lobby]);
  await settled(); // The head 4 was read, and is on its way.
  heads.set(lobby, 5);
  await delivery.announce(interval(4, 5));
  expect(published).toEqual([]);
  opened.resolve();
  await following;
  expect([edges(published), delivery.deliveredOf(lobby)]).toEqual([[[4, 5]], 5]);
});

test("W2: more than can be held is dropped, remembered, and read from PostgreSQL", async () => {
  const { delivery, published, heads, gate } = startDelivery({ head: 0 });
  await delivery.follow([lobby]);
  const opened = Promise.withResolvers<void>();
  gate.open = opened.promise;
  heads.set(lobby, 300);
  // The first is lost. When the hole is read the head is 300; what comes meanwhile is more than is held.
  for (let seq = 1; seq < 300; seq++) await delivery.announce(interval(seq, seq + 1));
  for (let seq = 300; seq < 900; seq++) await delivery.announce(interval(seq, seq + 1));
  heads.set(lobby, 900);
  opened.resolve();
  await settled();
  await settled();
  expect(applied(published, 0)).toEqual({
    seqs: Array.from({ length: 900 }, (_, at) => at + 1),
    cursor: 900,
  });
});

test("W2: a hole that can't be read yet is tried again, and nothing overtakes it", async () => {
  const { delivery, published, clock, heads, fails, reads } = startDelivery({ head: 4 });
  await delivery.follow([lobby]);
  fails.readIntervals = 2;
  heads.set(lobby, 6);
  await delivery.announce(interval(5, 6));
  for (const ms of [deliveryLimits.holdMs, deliveryLimits.retryMs]) {
    clock.pass(ms);
    await settled();
    expect(published).toEqual([]);
  }
  await delivery.announce(interval(6, 7));
  heads.set(lobby, 7);
  clock.pass(deliveryLimits.retryMs);
  await settled();
  expect(applied(published, 4)).toEqual({ seqs: [5, 6, 7], cursor: 7 });
  expect(reads).toEqual([4, 4, 4]);
});

test("W2: a head that somebody knows of heals who is behind, and nobody else", async () => {
  const { delivery, published, heads, reads } = startDelivery({ head: 4 });
  await delivery.follow([lobby]);
  delivery.headSeen(lobby, 4);
  delivery.headSeen(99 as ChannelId, 12);
  heads.set(lobby, 6);
  delivery.headSeen(lobby, 6);
  delivery.headSeen(lobby, 6);
  await settled();
  expect([reads, edges(published)]).toEqual([[4], [[4, 6]]]);
});

test("W2: after a doubt about the bus all followed streams are compared with PostgreSQL", async () => {
  const { delivery, published, heads } = startDelivery({ head: 4 });
  const other = 8 as ChannelId;
  await delivery.follow([lobby, other]);
  heads.set(lobby, 5);
  await delivery.compare();
  await settled();
  expect(published.map(({ stream }) => stream)).toEqual([lobby]);
});

test("a stream is followed until the last one leaves it; then its bus topic is given back", async () => {
  const { delivery, published, subscribed, clock } = startDelivery({ head: 0 });
  await delivery.follow([lobby]);
  await delivery.follow([lobby]);
  delivery.unfollow([lobby]);
  expect(subscribed).toEqual(new Set([durableTopic(lobby)]));
  await delivery.announce(interval(1, 2)); // Held: its timer ends with the stream.
  delivery.unfollow([lobby]);
  expect([delivery.followed(), subscribed.size, clock.waiting]).toEqual([[], 0, 0]);
  await delivery.announce(interval(0, 1));
  expect(published).toEqual([]);
});

test.each(["subscribe", "readHeads"] as const)(
  "where %s fails nothing is followed, and the next who asks begins anew",
  async (what) => {
    const { delivery, fails, published, subscribed } = startDelivery({ head: 3 });
    fails[what] = 1;
    const both = await Promise.allSettled([delivery.follow([lobby]), delivery.follow([lobby])]);
    expect(both.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect([delivery.followed(), subscribed.size]).toEqual([[], 0]);

    await delivery.follow([lobby]);
    await delivery.announce(interval(3, 4));
    expect(edges(published)).toEqual([[3, 4]]);
  },
);

test("W2: who leaves and comes back while the first head is being read gets a head of their own", async () => {
  const { delivery, heads, gate, published, fails } = startDelivery({ head: 3 });
  const slow = Promise.withResolvers<void>();
  gate.open = slow.promise;
  const first = delivery.follow([lobby]);
  await settled();
  delivery.unfollow([lobby]);
  heads.set(lobby, 9); // Announced while nobody listened.
  gate.open = Promise.resolve();
  await delivery.follow([lobby]);
  fails.readHeads = 1; // Only now does the first one fail.
  slow.resolve();
  await Promise.allSettled([first]);

  expect([delivery.deliveredOf(lobby), delivery.followed()]).toEqual([9, [lobby]]);
  await delivery.announce(interval(9, 10));
  expect(edges(published)).toEqual([[9, 10]]);
});

test("nobody who leaves while a hole is read publishes it afterwards", async () => {
  const { delivery, heads, gate, published } = startDelivery({ head: 3 });
  await delivery.follow([lobby]);
  const slow = Promise.withResolvers<void>();
  gate.open = slow.promise;
  heads.set(lobby, 5);
  delivery.headSeen(lobby, 5);
  delivery.unfollow([lobby]);
  slow.resolve();
  await settled();
  expect(published).toEqual([]);
});

test("C1: a membership is told of, delivered or healed, and only once it is published", async () => {
  const { delivery, memberships } = startDelivery();
  const row: Row = { kind: "membership", entity: lobby, version: 1, body: null };
  await delivery.follow([ada]);
  await delivery.announce({ stream: ada, from: 0, through: 1, rows: [row] });
  await delivery.announce({ ...interval(1, 2, ada) });
  expect(memberships).toEqual([
    { op: "interval", stream: ada, from: 0, through: 1, rows: [row] } as never,
  ]);
});

test("W2: whatever the bus loses, doubles, merges and reorders, sockets get every change once, in order, without a hole", async () => {
  const mishaps = fc.record({
    total: fc.integer({ min: 1, max: 40 }),
    known: fc.integer({ min: 0, max: 5 }),
    sent: fc.array(
      fc.record({ at: fc.nat(39), length: fc.integer({ min: 1, max: 6 }), waitMs: fc.nat(60) }),
      { maxLength: 60 },
    ),
    fails: fc.nat(3),
  });
  await fc.assert(
    fc.asyncProperty(mishaps, async ({ total, known, sent, fails: failures }) => {
      const { delivery, published, clock, heads, fails } = startDelivery({ head: known });
      const head = known + total;
      await delivery.follow([lobby]);
      heads.set(lobby, head);
      fails.readIntervals = failures;
      for (const { at, length, waitMs } of sent) {
        const from = known + Math.min(at, total - 1);
        await delivery.announce(interval(from, Math.min(from + length, head)));
        clock.pass(waitMs);
        if (waitMs > 30) await settled();
      }
      delivery.headSeen(lobby, head);
      for (let tries = 0; tries <= failures; tries++) {
        await settled();
        clock.pass(deliveryLimits.retryMs);
      }
      await settled();
      expect(applied(published, known)).toEqual({
        seqs: Array.from({ length: total }, (_, at) => known + at + 1),
        cursor: head,
      });
      const reached = published.map(({ through }) => through);
      expect(reached).toEqual([...new Set(reached)].toSorted((one, other) => one - other));
    }),
    { numRuns: 150 },
  );
});

test("C11: who is removed is taken off after what came before the removal and before the removal itself, live", async () => {
  const { delivery, removals } = startDelivery();
  await delivery.follow([lobby]);
  const rows = [1, 2, 3, 4].map((position) => ({
    position,
    row: position === 3 ? removed(11, 3) : rowAt(position),
  }));
  for (const one of cutIntervals(lobby, 0, 4, rows)) await delivery.announce(one);
  expect(removals).toEqual([[3, 2]]);
});

test("C11: the same where the removal is read with a hole", async () => {
  const { delivery, heads, removals, published, removing } = startDelivery();
  await delivery.follow([lobby]);
  removing.add(3);
  heads.set(lobby, 4);
  delivery.headSeen(lobby, 4);
  await settled();
  expect(edges(published)).toEqual([
    [0, 2],
    [2, 3],
    [3, 4],
  ]);
  expect(removals).toEqual([[3, 2]]);
});

test("W5: a comparison that PostgreSQL does not answer is made again until it does, one at a time", async () => {
  const { delivery, clock, heads, published, fails } = startDelivery();
  await delivery.follow([lobby]);
  heads.set(lobby, 3);
  fails.readHeads = 3;
  await delivery.compare();
  await delivery.compare();
  expect([clock.waiting, published]).toEqual([1, []]);
  for (let time = 0; time < 2; time++) {
    clock.pass(deliveryLimits.retryMs);
    await settled();
  }
  expect(published.at(-1)?.through).toBe(3);
  expect(clock.waiting).toBe(0);
});

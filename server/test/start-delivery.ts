/** A worker's delivery by itself, as its tests hinder and watch it. */
import { decodeAnswers } from "#wire/codec.ts";
import type { Interval } from "#wire/event.ts";
import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import type { Row } from "#wire/row.ts";
import { cutIntervals } from "../fanout/cut.ts";
import { Delivery } from "../fanout/deliver.ts";
import { MemoryHub } from "../fanout/memory-bus.ts";
import { HandClock } from "./hand-clock.ts";

export const lobby = 7 as ChannelId;
export const ada = 11 as UserId;

export const rowAt = (seq: Seq): Row => ({
  kind: "message",
  entity: seq,
  version: seq,
  body: {
    authorId: ada,
    createdAt: seq,
    clientMessageId: "0190a000-0000-7000-8000-000000000001",
    system: false,
    rootSeq: null,
    editedAt: null,
    deleted: false,
    body: `message ${seq}`,
  },
});
export const interval = (from: Seq, through: Seq, stream: StreamId = lobby): Interval => ({
  stream,
  from,
  through,
  rows: Array.from({ length: through - from }, (_, at) => rowAt(from + at + 1)),
});

export const removed = (entity: number, version: Seq): Row => ({
  kind: "member",
  entity,
  version,
  body: null,
});

/** One worker's delivery between a bus that a test can hinder, and heads that a test sets. */
export function startDelivery({ head = 0 }: { head?: Seq } = {}) {
  const clock = new HandClock();
  const heads = new Map<StreamId, Seq>([[lobby, head]]);
  const published: Interval[] = [];
  const memberships: Interval[] = [];
  /** Of each removal its number, and what had been published before it. */
  const removals: [Seq, Seq][] = [];
  const reads: Seq[] = [];
  /** Numbers at which somebody was removed. */
  const removing = new Set<Seq>();
  const fails = { subscribe: 0, readHeads: 0, readIntervals: 0 };
  /** How often one of the three is to fail from now on. */
  const failing = (what: keyof typeof fails): void => {
    if (fails[what] === 0) return;
    fails[what]--;
    throw new Error(`${what} fails`);
  };
  /** Answers are held back until the gate opens. */
  const gate = { open: Promise.resolve() };
  const hub = new MemoryHub();
  const bus = hub.connect((_, bytes) => delivery.receive(bytes));
  const subscribed = new Set<string>();
  const delivery = new Delivery({
    bus: {
      ...bus,
      subscribe: async (topics) => {
        failing("subscribe");
        for (const topic of topics) subscribed.add(topic);
        await bus.subscribe(topics);
      },
      unsubscribe: async (topics) => {
        for (const topic of topics) subscribed.delete(topic);
        await bus.unsubscribe(topics);
      },
    },
    publish: (_, frame) => {
      for (const event of decodeAnswers(frame)) if (event.op === "interval") published.push(event);
    },
    readHeads: async (streams) => {
      const read = new Map(streams.map((stream) => [stream, heads.get(stream) ?? 0]));
      await gate.open;
      failing("readHeads");
      return read;
    },
    readIntervals: async (stream, from) => {
      reads.push(from);
      const through = heads.get(stream) ?? 0;
      const rows = interval(from, through).rows.map((row) => ({
        position: row.version,
        row: removing.has(row.version) ? removed(11, row.version) : row,
      }));
      await gate.open;
      failing("readIntervals");
      return { intervals: cutIntervals(stream, from, through, rows), more: false };
    },
    removing: ({ through }) => removals.push([through, published.at(-1)?.through ?? 0]),
    personalDelivered: ({ frame }) => memberships.push(...(decodeAnswers(frame) as never[])),
    after: (ms, call) => clock.after(ms, call),
  });
  return {
    delivery,
    clock,
    heads,
    published,
    memberships,
    removals,
    removing,
    reads,
    fails,
    gate,
    subscribed,
  };
}

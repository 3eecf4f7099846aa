import { expect, test } from "bun:test";
import { decodeAnswers } from "#wire/codec.ts";
import type { ChannelId, Seq, StreamId } from "#wire/ids.ts";
import { HandClock } from "../test/hand-clock.ts";
import { type Bus, BusAway } from "./bus.ts";
import { cutIntervals } from "./cut.ts";
import { Delivery } from "./deliver.ts";
import { decodeHeads, encodeHeads, Heads } from "./heads.ts";
import { MemoryHub } from "./memory-bus.ts";
import { headsTopic } from "./topic.ts";

const lobby = 7 as ChannelId;
const engineRoom = 8 as ChannelId;

async function startHeads(read: (streams: readonly StreamId[]) => Promise<Map<StreamId, Seq>>) {
  const clock = new HandClock();
  const told: [StreamId, Seq][][] = [];
  const bus = new MemoryHub().connect((_, bytes) => told.push(decodeHeads(bytes)));
  await bus.subscribe([headsTopic]);
  const heads = new Heads({ bus, readHeads: read, now: () => clock.now() });
  return { heads, clock, told };
}
const nobodyAsks = () => Promise.reject(new Error("PostgreSQL was asked"));

test("W2: what a worker wrote is told for 5 s, by its greatest head, without asking PostgreSQL", async () => {
  const { heads, clock, told } = await startHeads(nobodyAsks);
  heads.wrote(lobby, 5);
  heads.wrote(lobby, 4);
  heads.wrote(engineRoom, 1);
  await heads.tell();
  clock.pass(5_000);
  heads.wrote(lobby, 9);
  clock.pass(1);
  await heads.tell();
  clock.pass(5_001);
  await heads.tell();
  expect(told).toEqual([
    [
      [lobby, 5],
      [engineRoom, 1],
    ],
    [[lobby, 9]],
  ]);
});

test("W2: a lost announcement with nothing after it shows with the next heads, on every worker that listens", async () => {
  const hub = new MemoryHub();
  const published: Seq[] = [];
  const delivery = new Delivery({
    bus: hub.connect(() => undefined),
    publish: (_, frame) => {
      for (const event of decodeAnswers(frame)) {
        if (event.op === "interval") published.push(event.through);
      }
    },
    readHeads: async () => new Map([[lobby, 4]]),
    readIntervals: async (stream, from) => ({
      intervals: cutIntervals(stream, from, 5, []),
      more: false,
    }),
    removing: () => undefined,
    personalDelivered: () => undefined,
    after: () => () => undefined,
  });
  const ears = hub.connect((_, bytes) => {
    for (const [stream, head] of decodeHeads(bytes)) delivery.headSeen(stream, head);
  });
  await ears.subscribe([headsTopic]);
  await delivery.follow([lobby]);
  const writer = new Heads({
    bus: hub.connect(() => undefined),
    readHeads: nobodyAsks,
    now: () => 0,
  });
  writer.wrote(lobby, 5); // Committed; the announcement never came.
  await writer.tell();
  await new Promise<void>((resolve) => setImmediate(resolve));
  expect(published).toEqual([5]);
});

test("W2: after a known id for 5 s, and after an unknown outcome for a minute, the head is read and told", async () => {
  let head = 12;
  const asked: StreamId[][] = [];
  const { heads, clock, told } = await startHeads(async (streams) => {
    asked.push([...streams]);
    return new Map(streams.map((stream) => [stream, head]));
  });
  heads.suspect(lobby, "known_id");
  heads.suspect(engineRoom, "unknown_outcome");
  heads.wrote(engineRoom, 3); // Older than what may be committed: read all the same.
  await heads.tell();
  clock.pass(5_001);
  head = 13;
  await heads.tell();
  clock.pass(55_000);
  await heads.tell();
  expect(told).toEqual([
    [
      [lobby, 12],
      [engineRoom, 12],
    ],
    [[engineRoom, 13]],
  ]);
  expect(asked).toEqual([[lobby, engineRoom], [engineRoom]]);
});

test("W2: what must be read is kept until PostgreSQL has answered, however long it is away", async () => {
  let isAway = true;
  const { heads, clock, told } = await startHeads(async () => {
    if (isAway) throw new Error("away");
    return new Map([[lobby, 12]]);
  });
  heads.suspect(lobby, "unknown_outcome");
  await heads.tell();
  clock.pass(600_000);
  await heads.tell();
  isAway = false;
  await heads.tell();
  await heads.tell();
  expect(told).toEqual([[[lobby, 12]]]);
});

test("W5: what was written while the bus was away is told for 5 s after its return, however long that took", async () => {
  const clock = new HandClock();
  const told: [StreamId, Seq][][] = [];
  const hub = new MemoryHub();
  const ears = hub.connect((_, bytes) => told.push(decodeHeads(bytes)));
  await ears.subscribe([headsTopic]);
  const own = hub.connect(() => undefined);
  let isHealthy = false;
  const bus: Bus = {
    ...own,
    get isHealthy() {
      return isHealthy;
    },
    publish: (topic, bytes) =>
      isHealthy ? own.publish(topic, bytes) : Promise.reject(new BusAway()),
  };
  const heads = new Heads({ bus, readHeads: nobodyAsks, now: () => clock.now() });
  heads.wrote(lobby, 5);
  for (let second = 0; second < 60; second++) {
    await heads.tell();
    clock.pass(1_000);
  }
  isHealthy = true;
  await heads.tell();
  clock.pass(5_001);
  await heads.tell();
  expect(told).toEqual([[[lobby, 5]]]);
});

test("while PostgreSQL does not answer one question is under way, and none is lost", async () => {
  const slow = Promise.withResolvers<void>();
  let asked = 0;
  const { heads, told } = await startHeads(async (streams) => {
    asked++;
    if (asked === 1) await slow.promise;
    return new Map(streams.map((stream) => [stream, 4]));
  });
  heads.suspect(lobby, "unknown_outcome");
  const first = heads.tell();
  await Promise.all([heads.tell(), heads.tell()]);
  expect([asked, told]).toEqual([1, []]);
  slow.reject(new Error("the connection was lost"));
  await first;
  await heads.tell();
  expect([asked, told]).toEqual([2, [[[lobby, 4]]]]);
});

test("heads cross the bus as they are, also beside other bytes", () => {
  const heads = new Map<StreamId, Seq>([
    [lobby, 0],
    [Number.MAX_SAFE_INTEGER as ChannelId, Number.MAX_SAFE_INTEGER],
  ]);
  const bytes = encodeHeads(heads);
  const shifted = new Uint8Array(bytes.byteLength + 3);
  shifted.set(bytes, 3);
  expect(decodeHeads(shifted.subarray(3))).toEqual([...heads]);
  // As Redis brings them: of a Buffer, `slice` is a view.
  expect(decodeHeads(Buffer.concat([Buffer.from("abc"), bytes]).subarray(3))).toEqual([...heads]);
  expect(decodeHeads(encodeHeads(new Map()))).toEqual([]);
});

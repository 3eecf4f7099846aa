/** Several workers on one database: what one stores, the others bring to their sockets, whatever happens to the Redis between them. */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import type { ChannelId } from "#wire/ids.ts";
import { people } from "./people.ts";
import { redisProgram, TestRedis } from "./redis.ts";
import { startServer, type TestServer } from "./start-server.ts";
import { type Talk, talk } from "./talk.ts";

describe.skipIf(redisProgram === undefined)("over Redis", () => {
  let redis: TestRedis;
  let one: TestServer;
  let other: TestServer;
  let ada: Talk;
  let grace: Talk;
  let channel: ChannelId;

  beforeAll(async () => {
    redis = await TestRedis.start();
    const changes = { redisUrl: redis.url };
    one = await startServer({ changes });
    other = await startServer({ changes, database: one.database });
    const [adaIn, graceIn] = [await one.signIn(people.ada), await other.signIn(people.grace)];
    channel = await one.direct(adaIn, graceIn);
    ada = await talk(one, adaIn, channel);
    grace = await talk(other, graceIn, channel);
  });
  afterAll(async () => {
    await ada[Symbol.asyncDispose]();
    await grace[Symbol.asyncDispose]();
    await other[Symbol.asyncDispose]();
    await one[Symbol.asyncDispose]();
    await redis[Symbol.asyncDispose]();
  });

  /** Twenty messages from each worker, one after the other; both hear all of the other's, once and in order. */
  async function talkBothWays(name: string): Promise<void> {
    const bodies = Array.from({ length: 20 }, (_, at) => `${name} ${at}`);
    const said = [ada, grace].map(async (socket) => {
      for (const body of bodies) await socket.says(body);
    });
    expect(await Promise.all([ada.hears(20), grace.hears(20)])).toEqual([bodies, bodies]);
    await Promise.all(said);
    const numbers = [ada, grace].map((socket) => socket.announced.map(({ entity }) => entity));
    expect(numbers[0]).toEqual(numbers[1]!);
    expect(numbers[0]).toEqual(numbers[0]!.toSorted((a, b) => a - b));
  }

  test("E11 D1: what is said on one worker is heard on the other, both ways, once, in one order", async () => {
    await talkBothWays("well");
  });

  test("E11: typing and reading cross too", async () => {
    await ada.gets("done", { op: "typing", channel, typing: true });
    await grace.next("typingChanged", ({ user }) => user === ada.me!.id);
    await ada.gets("done", { op: "typing", channel, typing: false });
  });

  test("D1 X10: while Redis is dead messages are stored and arrive all the same, and back it is used again", async () => {
    await redis.kill();
    await talkBothWays("dead");
    await redis.startAgain();
    await talkBothWays("reborn");
  });

  test("D1 X10: while Redis holds every connection and answers nothing, messages arrive all the same", async () => {
    redis.freeze();
    await talkBothWays("frozen");
    redis.thaw();
    await talkBothWays("thawed");
  });

  test("D1: whoever comes while Redis is away is welcomed, and hears", async () => {
    await redis.kill();
    await using late = await talk(other, people.grace, channel);
    const heard = late.hears(1);
    await ada.says("for the latecomer");
    expect(await heard).toEqual(["for the latecomer"]);
    expect(await grace.hears(1)).toEqual(["for the latecomer"]);
    await redis.startAgain();
    await talkBothWays("together");
  });
});

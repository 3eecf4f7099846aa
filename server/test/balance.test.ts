import { expect, test } from "bun:test";
import { findWithin } from "#lib/wait.ts";
import { HandClock } from "./hand-clock.ts";
import { redisProgram, TestRedis } from "./redis.ts";
import { startServer } from "./start-server.ts";
import { talk } from "./talk.ts";

test.skipIf(redisProgram === undefined)(
  "W8: a worker that has nearly all sockets sends a tenth of them away, beside one that has none",
  async () => {
    await using redis = await TestRedis.start();
    const clock = new HandClock();
    const changes = { redisUrl: redis.url };
    await using full = await startServer({ changes, clock });
    await using _empty = await startServer({ changes, clock, database: full.database });
    const crowd = Array.from({ length: 11 }, (_, at) => ({
      name: `${at}`,
      email: `${at}@parley.test`,
    }));
    const signedIn = await Promise.all(crowd.map((each) => full.signIn(each)));
    const sockets = await Promise.all(
      Array.from({ length: 220 }, (_, at) => talk(full, signedIn[at % signedIn.length]!)),
    );
    const ended: number[] = [];
    for (const { closed } of sockets) void closed.then(({ code }) => ended.push(code));
    // Each second they tell each other; every ten it is looked at.
    const isOver = await findWithin(10_000, () => {
      clock.pass(1_000);
      return ended.length >= 22 ? true : undefined;
    });
    expect(isOver).toBe(true);
    expect(ended).toEqual(Array.from({ length: 22 }, () => 1012));
    const told = sockets.filter(({ answers }) => answers.some(({ op }) => op === "goodbye"));
    expect(told).toHaveLength(22);
    await Promise.all(sockets.map((socket) => socket.leaves()));
  },
);

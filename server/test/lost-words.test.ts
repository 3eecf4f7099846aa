/** What a worker knows of others by hearsay, where a word of it was lost. */
import { expect, test } from "bun:test";
import { systemClock } from "#lib/clock.ts";
import { findWithin } from "#lib/wait.ts";
import { comparePresenceMs } from "../chat/people.ts";
import { RedisRegistry } from "../presence/redis-registry.ts";
import { HandClock } from "./hand-clock.ts";
import { people } from "./people.ts";
import { redisProgram, TestRedis } from "./redis.ts";
import { startServer } from "./start-server.ts";
import { talk } from "./talk.ts";

/** A worker of which nobody hears, though it writes down whom it has. */
async function silentWorker(redis: TestRedis): Promise<RedisRegistry> {
  const ignore = () => undefined;
  const registry = new RedisRegistry({
    redisUrl: redis.url,
    clock: systemClock,
    mine: () => [],
    stateOf: () => "offline",
    changed: ignore,
    missed: ignore,
    restored: ignore,
  });
  const isBesideTheOther = () =>
    redis.ask("scard", "presence:workers").then((count) => Number(count) === 2 || undefined);
  expect(await findWithin(5_000, isBesideTheOther)).toBe(true);
  return registry;
}

test.skipIf(redisProgram === undefined)(
  "X9: how somebody is seen is 30 s old at most, though nobody was told that it changed",
  async () => {
    await using redis = await TestRedis.start();
    const clock = new HandClock();
    await using server = await startServer({ clock, changes: { redisUrl: redis.url } });
    const [ada, grace] = [await server.signIn(people.ada), await server.signIn(people.grace)];
    const silent = await silentWorker(redis);
    await using looking = await talk(server, ada, grace);
    const isOnline = async (): Promise<boolean> => {
      const { people: told } = await looking.next("presence", (event) =>
        event.people.some(({ user }) => user === grace.id),
      );
      return told.find(({ user }) => user === grace.id)!.online;
    };
    expect(await isOnline()).toBe(false);

    /** Twice: what differs for the first time may be on its way. The socket keeps its heartbeat. */
    const comparesTwice = async (): Promise<void> => {
      for (let times = 0; times < 2; times++) {
        clock.pass(comparePresenceMs);
        await looking.gets("pong", { op: "ping" });
        // Asked later on the same connection: what was asked before it is answered.
        await looking.gets("peoplePage", { op: "people", ids: [ada.id], query: "", after: null });
      }
    };
    expect(2 * comparePresenceMs).toBeLessThanOrEqual(30_000);
    await silent.set(grace.id, "here");
    await comparesTwice();
    expect(await isOnline()).toBe(true);
    await silent.set(grace.id, "offline");
    await comparesTwice();
    expect(await isOnline()).toBe(false);
    await silent.close();
  },
);

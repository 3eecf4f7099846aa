/** One command, two workers on one port, and a Redis of their own between them: what a person or an operator sees of it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync } from "node:fs";
import { join } from "node:path";
import { findWithin } from "#lib/wait.ts";
import { isAlive } from "./embedded/processes.ts";
import { findRedis } from "./embedded/redis.ts";
import { readRunning, type Running } from "./embedded/run-file.ts";
import { type TestDatabase, testDatabase } from "./test/database.ts";
import { temporaryDirectory } from "./test/directory.ts";
import { people } from "./test/people.ts";
import { saysAll } from "./test/says-all.ts";
import { accountsOn, secretKey, type SignedIn } from "./test/start-server.ts";
import { TestSupervisor } from "./test/supervisor.ts";
import { type Place, type Talk, talk } from "./test/talk.ts";

const onRedis = test.skipIf(findRedis(process.env["PATH"]) === undefined);
const home = temporaryDirectory("parley-workers-");
const dataDir = join(home.path, "data");
let database: TestDatabase;

beforeAll(async () => {
  chmodSync(home.path, 0o711);
  database = await testDatabase();
});
afterAll(async () => {
  await database[Symbol.asyncDispose]();
  home[Symbol.dispose]();
});

const settings = (): Record<string, string> => ({
  DATA_DIR: dataDir,
  DATABASE_URL: database.url,
  SECRET_KEY: secretKey,
  WORKERS: "2",
});
const running = (): Running => readRunning(dataDir)!;

/** Sockets of somebody. The kernel spreads them by chance; that one worker gets all sixteen is one case in 32,768. */
async function sockets(place: Place, who: SignedIn, other: SignedIn): Promise<Talk[]> {
  return Promise.all(Array.from({ length: 16 }, () => talk(place, who, other)));
}

onRedis(
  "D1 D2: it starts two workers and a Redis, both have people, who talk; Ctrl-C ends all of it",
  async () => {
    const supervisor = new TestSupervisor(settings());
    const { url } = await supervisor.ready();
    const { workers, redis, redisUrl } = running();
    expect(workers).toHaveLength(2);
    expect(redisUrl).toBe(`unix:${dataDir}/redis/redis.sock`);
    expect(supervisor.lines.map(({ msg }) => msg.split(" ")[0])).toContain("Redis");

    const place = { url, ...accountsOn(database) };
    const [ada, grace] = [await place.signIn(people.ada), await place.signIn(people.grace)];
    const listening = await sockets(place, grace, ada);
    const speaking = await talk(place, ada, grace);
    await speaking.says("to all of you");
    const heard = await Promise.all(listening.map((socket) => socket.hears(1)));
    expect(new Set(heard.flat())).toEqual(new Set(["to all of you"]));
    // Each worker has some of them: with one killed, some end and some hear on.
    process.kill(workers[0]!.pid, "SIGKILL");
    const ended = new Set<Talk>();
    for (const socket of listening) void socket.closed.then(() => ended.add(socket));
    await findWithin(5_000, () => (ended.size > 0 ? true : undefined));
    await findWithin(5_000, () => (running().workers.length === 2 ? true : undefined));
    expect(ended.size).toBeGreaterThan(0);
    expect(ended.size).toBeLessThan(listening.length);
    await using again = await talk(place, ada, grace);
    await again.says("to those who are left");
    for (const socket of listening) {
      if (!ended.has(socket)) expect(await socket.hears(1)).toEqual(["to those who are left"]);
    }

    const marks = [...running().workers, redis!];
    supervisor.process.kill("SIGINT");
    expect((await supervisor.ended()).code).toBe(0);
    expect(marks.filter(isAlive)).toEqual([]);
    expect(existsSync(join(dataDir, "redis"))).toBe(false);
  },
  60_000,
);

onRedis(
  "W1 X10: workers and the Redis are killed while six people write: what was acknowledged is there once, in one order, for all",
  async () => {
    await using supervisor = new TestSupervisor(settings());
    const { url } = await supervisor.ready();
    const place = { url, ...accountsOn(database) };
    const [alan, linus] = [await place.signIn(people.alan), await place.signIn(people.linus)];
    const channel = await place.direct(alan, linus);
    const dial = () => talk(place, alan, linus);
    const said = [0, 1, 2, 3, 4, 5].map((who) =>
      saysAll(
        Array.from({ length: 100 }, (_, at) => `${who}: ${at}`),
        dial,
      ),
    );
    const kill = async (which: "worker" | "redis", at: number): Promise<void> => {
      await findWithin(20_000, async () => {
        const [{ count }] = (await database.sql`
          select count(*)::int from messages where channel_id = ${channel}`) as [{ count: number }];
        return count >= at ? true : undefined;
      });
      const { workers, redis } = running();
      process.kill((which === "redis" ? redis! : workers[at % workers.length]!).pid, "SIGKILL");
    };
    await kill("worker", 50);
    await kill("redis", 150);
    await kill("worker", 301);
    const stored = await Promise.all(said);

    const rows = await database.sql<{ seq: number; body: string }[]>`
      select seq, body from messages where channel_id = ${channel} order by seq`;
    expect(rows.map(({ seq, body }) => [body, seq])).toEqual(
      stored.flatMap((each) => [...each]).toSorted(([, one], [, other]) => one - other),
    );
    // Each author's own order is that of writing.
    for (const each of stored) {
      expect([...each.values()]).toEqual([...each.values()].toSorted((one, other) => one - other));
    }
  },
  60_000,
);

onRedis(
  "W8: the workers are replaced under load: what six people write is there once and in order, and nobody is away for 3 s",
  async () => {
    await using supervisor = new TestSupervisor(settings());
    const { url } = await supervisor.ready();
    const place = { url, ...accountsOn(database) };
    const [margaret, linus] = [
      await place.signIn(people.margaret),
      await place.signIn(people.linus),
    ];
    const channel = await place.direct(margaret, linus);
    const before = running().workers.map(({ pid }) => pid);
    const dial = () => talk(place, margaret, linus);
    let isOver = false;
    const writes = async (who: number): Promise<Map<string, number>> => {
      const stored = new Map<string, number>();
      for (let round = 0; !isOver; round++) {
        const bodies = Array.from({ length: 10 }, (_, at) => `${who}: ${round * 10 + at}`);
        for (const [body, seq] of await saysAll(bodies, dial)) stored.set(body, seq);
      }
      return stored;
    };
    /** Whoever stands on an old worker has to leave it; resolves to how long they were nowhere. */
    const moves = async (socket: Talk): Promise<number> => {
      const { code } = await socket.closed;
      const since = performance.now();
      expect(code).toBe(1012);
      let next: Talk | undefined;
      while (!next) next = await dial().catch(() => undefined);
      return performance.now() - since;
    };
    const witnesses = await Promise.all(Array.from({ length: 8 }, dial));
    const away = Promise.all(witnesses.map(moves));
    const said = [0, 1, 2, 3, 4, 5].map(writes);
    const restart = Bun.spawn([process.execPath, "scripts/restart.ts"], {
      env: { ...process.env, ...settings() },
      stdio: ["ignore", "pipe", "inherit"],
    });
    expect(await new Response(restart.stdout).text()).toMatch(/^2 workers were replaced in/);
    isOver = true;
    const stored = await Promise.all(said);

    expect(
      running()
        .workers.map(({ pid }) => pid)
        .filter((pid) => before.includes(pid)),
    ).toEqual([]);
    const rows = await database.sql<{ seq: number; body: string }[]>`
      select seq, body from messages where channel_id = ${channel} order by seq`;
    expect(rows.map(({ seq, body }) => [body, seq])).toEqual(
      stored.flatMap((each) => [...each]).toSorted(([, one], [, other]) => one - other),
    );
    for (const each of stored) {
      expect([...each.values()]).toEqual([...each.values()].toSorted((one, other) => one - other));
    }
    expect(Math.max(...(await away))).toBeLessThan(3_000);
    expect(supervisor.lines.filter(({ level }) => level === "error")).toEqual([]);
  },
  60_000,
);

test("D2 W8: a lone worker is replaced too, and without a server there is nothing to replace", async () => {
  const alone = { ...settings(), WORKERS: "1" };
  const restart = async () => {
    const command = [process.execPath, "scripts/restart.ts"];
    const env = { ...process.env, ...alone };
    const child = Bun.spawn(command, { env, stdio: ["ignore", "pipe", "pipe"] });
    const said = await Promise.all(
      [child.stdout, child.stderr].map((out) => new Response(out).text()),
    );
    return [await child.exited, said.join("")] as const;
  };
  {
    await using supervisor = new TestSupervisor(alone);
    const { url } = await supervisor.ready();
    const [before] = running().workers;
    expect(await restart()).toEqual([0, expect.stringMatching(/^The worker was replaced in/)]);
    expect(running().workers).toHaveLength(1);
    expect(running().workers[0]!.pid).not.toBe(before!.pid);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
  }
  expect(await restart()).toEqual([
    1,
    "Parley does not run here: start it with `npm start`, or set DATA_DIR.\n",
  ]);
}, 60_000);

onRedis(
  "D2: a supervisor that is killed takes its workers and its Redis along, and the next start works",
  async () => {
    const killed = new TestSupervisor(settings());
    await killed.ready();
    const { workers, redis } = running();
    killed.process.kill("SIGKILL");
    const gone = await findWithin(10_000, () =>
      [...workers, redis!].some(isAlive) ? undefined : true,
    );
    expect(gone).toBe(true);
    await using next = new TestSupervisor(settings());
    expect((await fetch(`${(await next.ready()).url}/readyz`)).status).toBe(200);
  },
  60_000,
);

test("D2: several workers without a Redis are refused, with what to do", async () => {
  const { code, says } = await new TestSupervisor({ ...settings(), PATH: "/nowhere" }).ended();
  expect(code).toBe(1);
  expect(says).toEqual([
    "WORKERS=2 needs a Redis between them: install redis-server or valkey-server, or set REDIS_URL.",
  ]);
});

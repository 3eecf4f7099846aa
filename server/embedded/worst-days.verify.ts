import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findWithin } from "#lib/wait.ts";
import { temporaryDirectory } from "../test/directory.ts";
import { canMount, mounted } from "../test/machine.ts";
import { TestSupervisor } from "../test/supervisor.ts";
import { findPostmaster } from "./postmaster.ts";
import { isAlive, type ProcessMark } from "./processes.ts";
import { readRunning } from "./run-file.ts";

const home = temporaryDirectory("parley-worst-");
const dataDir = join(home.path, "data");

beforeAll(() => chmodSync(home.path, 0o711));
afterAll(() => home[Symbol.dispose]());

interface Parts {
  readonly worker: ProcessMark;
  readonly keeper: ProcessMark;
  readonly postgres: ProcessMark;
}

function partsOf(directory: string): Parts {
  const { workers, keeper } = readRunning(directory)!;
  const postgres = findPostmaster(join(directory, "postgres"))!.mark;
  return { worker: workers[0]!, keeper: keeper!, postgres };
}

async function goneWithin(msMax: number, marks: readonly ProcessMark[]): Promise<boolean> {
  return (await findWithin(msMax, () => (marks.some(isAlive) ? undefined : true))) ?? false;
}

test("Ctrl-C ends a worker and a PostgreSQL that hang, within 5 s", async () => {
  const supervisor = new TestSupervisor({ DATA_DIR: dataDir });
  await supervisor.ready();
  const { worker, keeper, postgres } = partsOf(dataDir);
  for (const { pid } of [worker, postgres]) process.kill(pid, "SIGSTOP");
  supervisor.process.kill("SIGINT");
  expect(await goneWithin(5_000, [worker, keeper, postgres])).toBe(true);
  await supervisor.ended();
}, 60_000);

test("kill -9 of the supervisor ends a worker and a PostgreSQL that hang, within 10 s", async () => {
  const supervisor = new TestSupervisor({ DATA_DIR: dataDir });
  await supervisor.ready();
  const { worker, keeper, postgres } = partsOf(dataDir);
  for (const { pid } of [worker, postgres]) process.kill(pid, "SIGSTOP");
  supervisor.process.kill("SIGKILL");
  expect(await goneWithin(10_000, [worker, keeper, postgres])).toBe(true);
}, 60_000);

test("Ctrl-C at any moment of a start leaves nothing behind and spoils nothing", async () => {
  const fresh = join(home.path, "moments");
  for (const words of ["PostgreSQL", "Database schema", "Client", "Server"]) {
    rmSync(fresh, { recursive: true, force: true });
    const supervisor = new TestSupervisor({ DATA_DIR: fresh });
    await supervisor.says(words);
    supervisor.process.kill("SIGINT");
    expect((await supervisor.ended()).code).toBe(0);
    expect(findPostmaster(join(fresh, "postgres"))).toBeUndefined();

    const next = new TestSupervisor({ DATA_DIR: fresh });
    await next.ready();
    next.process.kill("SIGINT");
    await next.ended();
  }
}, 120_000);

test("kill -9 in the middle of the very first start spoils nothing", async () => {
  const fresh = join(home.path, "cut");
  for (const part of ["postgres.unfinished-", "postgres", "socket", "secrets"]) {
    rmSync(fresh, { recursive: true, force: true });
    const killed = new TestSupervisor({ DATA_DIR: fresh });
    const begun = await findWithin(30_000, () => (hasPart(fresh, part) ? true : undefined), 2);
    expect(begun).toBe(true);
    killed.process.kill("SIGKILL");

    const next = new TestSupervisor({ DATA_DIR: fresh });
    const { url } = await next.ready();
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    next.process.kill("SIGINT");
    await next.ended();
    expect(readdirSync(fresh).filter((name) => name.includes("unfinished"))).toEqual([]);
  }
}, 120_000);

function hasPart(directory: string, part: string): boolean {
  return existsSync(directory) && readdirSync(directory).some((name) => name.startsWith(part));
}

test("a database that accepts and says nothing is given up with a sentence", async () => {
  const silent = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const supervisor = new TestSupervisor({
    DATA_DIR: join(home.path, "silent"),
    DATABASE_URL: `postgres://ada@127.0.0.1:${silent.port}/parley`,
  });
  const { code, says } = await supervisor.ended();
  silent.stop(true);
  expect({ code, says }).toEqual({
    code: 1,
    says: [
      `The database at 127.0.0.1:${silent.port}/parley can't be reached: start it, or correct DATABASE_URL.`,
    ],
  });
}, 60_000);

/** A start whose data directory is a disk of that size. */
function onDisk(disk: string, size: string, more = ""): TestSupervisor {
  mkdirSync(disk, { recursive: true });
  const mount = `mount -t tmpfs -o size=${size},mode=711 tmpfs '${disk}'\n${more}`;
  return new TestSupervisor(
    { DATA_DIR: disk },
    mounted(mount, [process.execPath, "server/main.ts"]),
  );
}

test.skipIf(!canMount())(
  "a disk that is full, at whatever step, is said in one sentence",
  async () => {
    const disk = join(home.path, "disk");
    const outcomes: string[] = [];
    // From nothing at all to just enough: initdb takes 40 MB, the first log segments and the client the rest.
    for (const size of [
      "4k",
      "64k",
      "1m",
      "16m",
      "32m",
      "38m",
      "40m",
      "41m",
      "42m",
      "44m",
      "48m",
      "56m",
      "64m",
    ]) {
      const supervisor = onDisk(disk, size);
      const outcome = await Promise.race([
        supervisor.ready().then(
          () => "ready",
          () => "ended",
        ),
        supervisor.ended().then(() => "ended"),
      ]);
      outcomes.push(`${size} ${outcome}`);
      supervisor.process.kill("SIGINT");
      const { code, says } = await supervisor.ended();
      if (outcome === "ready") continue;

      const errors = supervisor.lines.filter(({ level }) => level !== "info").map(({ msg }) => msg);
      expect({ size, code, errors }).toEqual({ size, code: 1, errors: [expect.any(String)] });
      expect(says.at(-1)).toBe(
        `The disk that holds ${disk} is full: free some space and start again.`,
      );
    }
    console.log(outcomes.join(", "));
    expect(outcomes.at(0)).toEndWith("ended");
    expect(outcomes.at(-1)).toEndWith("ready");
  },
  180_000,
);

test.skipIf(!canMount())(
  "a server whose disk is full goes on, and stores again when there is space",
  async () => {
    const disk = join(home.path, "filled");
    await using supervisor = onDisk(disk, "96m");
    const { url } = await supervisor.ready();
    // Only the server's own name space has the disk: through its process we reach it too.
    const inside = `/proc/${supervisor.process.pid}/root${disk}`;
    Bun.spawnSync(["sh", "-c", `head -c 96m /dev/zero > '${inside}/filler'`], { stderr: "ignore" });
    const [worker] = readRunning(inside)!.workers;
    process.kill(worker!.pid, "SIGKILL");
    await supervisor.says("A worker ended by itself");
    expect(await answers(`${url}/livez`)).toBe(true);

    rmSync(`${inside}/filler`);
    expect(await answers(`${url}/readyz`)).toBe(true);
  },
  60_000,
);

test.skipIf(!canMount())(
  "a start on a disk that has filled up says so, and works when there is space",
  async () => {
    const disk = join(home.path, "refilled");
    const image = join(home.path, "image");
    const first = onDisk(disk, "96m");
    await first.ready();
    const copied = Bun.spawnSync(["cp", "-a", `/proc/${first.process.pid}/root${disk}`, image]);
    expect(copied.exitCode).toBe(0);
    first.process.kill("SIGKILL");
    await first.ended();

    const copy = `cp -a '${image}/.' '${disk}'`;
    const full = onDisk(disk, "96m", `${copy}\nhead -c 96m /dev/zero > '${disk}/filler' || true`);
    const { code, says } = await full.ended();
    expect({ code, said: says.at(-1) }).toEqual({
      code: 1,
      said: `The disk that holds ${disk} is full: free some space and start again.`,
    });
    await using freed = onDisk(disk, "96m", copy);
    await freed.ready();
  },
  60_000,
);

async function answers(url: string): Promise<boolean> {
  const found = await findWithin(10_000, async () => {
    const answer = await fetch(url).catch(() => undefined);
    return answer?.status === 200 ? true : undefined;
  });
  return found ?? false;
}

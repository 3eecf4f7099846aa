import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { findWithin } from "#lib/wait.ts";
import { openDatabase } from "../store/database.ts";
import { temporaryDirectory } from "../test/directory.ts";
import { reasonOf } from "../test/reason.ts";
import { findBinaries } from "./binaries.ts";
import { type Cluster, prepareCluster, refuseForeign } from "./cluster.ts";
import { findOwner } from "./owner.ts";
import { EmbeddedPostgres } from "./postgres.ts";
import { findPostmaster } from "./postmaster.ts";
import { isAlive, markOf, type ProcessMark } from "./processes.ts";
import { endLeftovers, RunFile } from "./run-file.ts";

const home = temporaryDirectory("parley-embedded-");
const template = join(home.path, "template/postgres");
let sample: Cluster;

beforeAll(async () => {
  chmodSync(home.path, 0o711);
  const owner = findOwner(["parley", "postgres", "nobody"])!;
  sample = { binaries: await findBinaries(), owner, directory: template };
  Bun.spawnSync(["mkdir", "-p", join(home.path, "template")]);
  await prepareCluster(sample);
});

afterAll(() => home[Symbol.dispose]());

/** A data directory with a fresh cluster in it. */
function copyCluster(name: string): { dataDir: string; cluster: Cluster } {
  const dataDir = join(home.path, name);
  Bun.spawnSync(["cp", "-a", join(home.path, "template"), dataDir]);
  return { dataDir, cluster: { ...sample, directory: join(dataDir, "postgres") } };
}

interface Started extends AsyncDisposable {
  readonly postgres: EmbeddedPostgres;
  readonly keepers: ProcessMark[];
  /** Resolves when PostgreSQL has gone and come back. */
  readonly back: Promise<void>;
}

async function start(dataDir: string, cluster: Cluster): Promise<Started> {
  const keepers: ProcessMark[] = [];
  const back = Promise.withResolvers<void>();
  const postgres = await EmbeddedPostgres.start({
    cluster,
    runDir: dataDir,
    logPath: join(dataDir, "postgres.log"),
    onKeeper: (mark) => keepers.push(mark),
    onChange: (isUp) => isUp && back.resolve(),
  });
  return { postgres, keepers, back: back.promise, [Symbol.asyncDispose]: () => postgres.stop() };
}

async function one(url: string): Promise<number | undefined> {
  const sql = openDatabase({ url: url.replace("/parley?", "/postgres?"), max: 1 });
  try {
    const [row] = await sql<{ one: number }[]>`select 1 as one`;
    return row?.one;
  } finally {
    await sql.end();
  }
}

function postmasterOf(cluster: Cluster): ProcessMark {
  return findPostmaster(cluster.directory)!.mark;
}

test("a stopped PostgreSQL is gone with its keeper, and its data stays", async () => {
  const { dataDir, cluster } = copyCluster("stop");
  const { postgres, keepers } = await start(dataDir, cluster);
  const mark = postmasterOf(cluster);
  expect(await one(postgres.url)).toBe(1);

  await postgres.stop();
  expect([mark, ...keepers].map(isAlive)).toEqual([false, false]);
  expect(existsSync(join(cluster.directory, "PG_VERSION"))).toBe(true);
});

test("a killed PostgreSQL comes back at the same address", async () => {
  const { dataDir, cluster } = copyCluster("killed");
  await using started = await start(dataDir, cluster);
  const before = postmasterOf(cluster);
  process.kill(before.pid, "SIGKILL");
  await started.back;
  expect(await one(started.postgres.url)).toBe(1);
  expect(postmasterOf(cluster)).not.toEqual(before);
});

test("a killed keeper is replaced, and the new one knows its PostgreSQL", async () => {
  const { dataDir, cluster } = copyCluster("keeper");
  const started = await start(dataDir, cluster);
  process.kill(started.keepers[0]!.pid, "SIGKILL");
  await started.back;
  expect(started.keepers).toHaveLength(2);
  expect(await one(started.postgres.url)).toBe(1);

  await started.postgres.stop();
  expect(findPostmaster(cluster.directory)).toBeUndefined();
});

test("signals that go to every process at once do not end it before its time", async () => {
  const { dataDir, cluster } = copyCluster("signals");
  await using started = await start(dataDir, cluster);
  const [keeper] = started.keepers;
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.kill(keeper!.pid, signal);
  expect(await one(started.postgres.url)).toBe(1);
  expect(isAlive(keeper!)).toBe(true);
  expect(started.keepers).toHaveLength(1);
});

test("nobody but us can come near: a directory of its own, and the kernel says who asks", async () => {
  const { dataDir, cluster } = copyCluster("private");
  await using started = await start(dataDir, cluster);
  expect(started.postgres.url).not.toContain(":@"); // No password that could be read anywhere.
  const socketDir = statSync(join(dataDir, "socket"));
  expect({ mode: socketDir.mode & 0o777, uid: socketDir.uid }).toEqual({
    mode: 0o700,
    uid: cluster.owner.uid,
  });
  const access = readFileSync(join(cluster.directory, "pg_hba.conf"), "utf8");
  expect(access).not.toContain("trust");
  const sql = openDatabase({ url: started.postgres.url.replace("/parley?", "/postgres?"), max: 1 });
  const [row] = await sql`select current_setting('listen_addresses') as addresses`;
  await sql.end();
  expect(row?.["addresses"]).toBe("");
});

test.each([
  ["a space in it", "with a space"],
  ["a comma and a quote in it", `it's, "quoted"`],
  ["more bytes than a socket's name may have", "long-".repeat(30)],
])("a path with %s works", async (_, name) => {
  const { dataDir, cluster } = copyCluster(name);
  await using started = await start(dataDir, cluster);
  expect(await one(started.postgres.url)).toBe(1);
});

test("a data directory behind a symbolic link works", async () => {
  const { cluster } = copyCluster("real");
  const link = join(home.path, "link");
  symlinkSync(join(home.path, "real"), link);
  await using started = await start(link, { ...cluster, directory: join(link, "postgres") });
  expect(await one(started.postgres.url)).toBe(1);
});

/** A supervisor that can be killed: a process that starts PostgreSQL and names one worker. */
async function supervisor(dataDir: string, cluster: Cluster, workerPid: number) {
  const code = `
    import { EmbeddedPostgres } from ${JSON.stringify(join(import.meta.dir, "postgres.ts"))};
    import { markOf } from ${JSON.stringify(join(import.meta.dir, "processes.ts"))};
    import { RunFile } from ${JSON.stringify(join(import.meta.dir, "run-file.ts"))};
    const [dataDir, cluster, worker] = JSON.parse(process.argv[1]);
    const file = new RunFile(dataDir);
    const postgres = await EmbeddedPostgres.start({
      cluster, runDir: dataDir, logPath: dataDir + "/postgres.log",
      onKeeper: (keeper) => file.note({ keeper }),
    });
    postgres.setWorkers([markOf(worker)]);
    file.note({ workers: [markOf(worker)] });
    process.stdout.write(postgres.url);
    setTimeout(() => {}, 30_000);`;
  const child = Bun.spawn(
    [process.execPath, "-e", code, JSON.stringify([dataDir, cluster, workerPid])],
    { stdio: ["ignore", "pipe", "inherit"] },
  );
  for await (const bytes of child.stdout) return { child, url: new TextDecoder().decode(bytes) };
  throw new Error("The supervisor said nothing");
}

test("when the supervisor is killed, PostgreSQL waits for the workers and then goes", async () => {
  const { dataDir, cluster } = copyCluster("orphan");
  const worker = Bun.spawn(["sh", "-c", "read line"], { stdin: "pipe" });
  const { child, url } = await supervisor(dataDir, cluster, worker.pid);
  const mark = postmasterOf(cluster);
  child.kill("SIGKILL");
  await child.exited;
  expect(await one(url)).toBe(1); // What the worker has accepted can still be stored.

  await worker.stdin.end();
  expect(await findWithin(3_000, () => (isAlive(mark) ? undefined : true))).toBe(true);
});

test("the next start ends what is left when supervisor and keeper were killed", async () => {
  const { dataDir, cluster } = copyCluster("left");
  const worker = Bun.spawn(["sh", "-c", "trap '' TERM; read line"], { stdin: "pipe" });
  const { child } = await supervisor(dataDir, cluster, worker.pid);
  const mark = postmasterOf(cluster);
  const { keeper } = JSON.parse(readFileSync(join(dataDir, "running.json"), "utf8"));
  process.kill(keeper.pid, "SIGKILL");
  child.kill("SIGKILL");
  await child.exited;
  const left = [mark, markOf(worker.pid)!];
  expect(left.map(isAlive)).toEqual([true, true]);

  await endLeftovers(dataDir);
  expect(left.map(isAlive)).toEqual([false, false]);
  await using started = await start(dataDir, cluster);
  expect(await one(started.postgres.url)).toBe(1);
});

test("what the file of another time names is left alone", async () => {
  const { dataDir } = copyCluster("another-time");
  const stranger = Bun.spawn(["sh", "-c", "read line"], { stdin: "pipe" });
  new RunFile(dataDir).note({ workers: [{ pid: stranger.pid, began: "1" }] });
  await endLeftovers(dataDir);
  expect(stranger.exitCode).toBeNull();
  stranger.kill();
});

test("a database of another major version is refused, and what is no database too", async () => {
  const { dataDir, cluster } = copyCluster("major");
  await Bun.write(join(cluster.directory, "PG_VERSION"), "17\n");
  expect(await reasonOf(refuseForeign(cluster))).toContain(
    `holds a database of PostgreSQL 17 and this Parley brings PostgreSQL ${cluster.binaries.major}`,
  );
  await Bun.write(join(dataDir, "holiday/photo"), "");
  expect(
    await reasonOf(refuseForeign({ ...cluster, directory: join(dataDir, "holiday") })),
  ).toContain("is not a PostgreSQL database");
});

test("a half-made database is removed, with whoever still makes it, and made anew", async () => {
  const dataDir = join(home.path, "half");
  const unfinished = join(dataDir, "postgres.unfinished-1");
  await Bun.write(join(unfinished, "PG_VERSION"), "18");
  const maker = Bun.spawn(["sh", "-c", "read line"], { stdin: "pipe" });
  new RunFile(dataDir).note({ maker: markOf(maker.pid)! });
  await endLeftovers(dataDir);
  await maker.exited;
  expect({ signal: maker.signalCode, left: existsSync(unfinished) }).toEqual({
    signal: "SIGKILL",
    left: false,
  });
  const cluster = { ...sample, directory: join(dataDir, "postgres") };
  expect(await prepareCluster(cluster)).toBe(true);
  expect(await prepareCluster(cluster)).toBe(false);
});

test("a half-made database is removed although somebody else removes it, too", async () => {
  const dataDir = join(home.path, "both");
  const unfinished = join(dataDir, "postgres.unfinished-2");
  for (let folder = 0; folder < 40; folder++) {
    mkdirSync(join(unfinished, `${folder}`), { recursive: true });
    for (let file = 0; file < 40; file++) {
      writeFileSync(join(unfinished, `${folder}`, `${file}`), "");
    }
  }
  const other = Bun.spawn(["sh", "-c", 'rm -rf "$0"/*', unfinished]);
  await endLeftovers(dataDir);
  await other.exited;
  expect(existsSync(unfinished)).toBe(false);
});

test("who makes the database begins only once it is noted, and not where the start ends before that", async () => {
  const dataDir = join(home.path, "unnoted");
  mkdirSync(dataDir);
  const cluster = { ...sample, directory: join(dataDir, "postgres") };
  const cutOff = `
    import { prepareCluster } from ${JSON.stringify(join(import.meta.dir, "cluster.ts"))};
    await prepareCluster(${JSON.stringify(cluster)}, (maker) => {
      process.stdout.write(JSON.stringify(maker));
      process.kill(process.pid, "SIGKILL");
    });`;
  const cut = Bun.spawn([process.execPath, "-e", cutOff], { stdout: "pipe" });
  const maker = JSON.parse(await new Response(cut.stdout).text()) as ProcessMark;
  expect(await findWithin(5_000, () => (isAlive(maker) ? undefined : "ended"))).toBe("ended");
  expect(readdirSync(join(dataDir, `postgres.unfinished-${cut.pid}`))).toEqual([]);
});

test("a PostgreSQL that does not start says why in one sentence", async () => {
  const { dataDir, cluster } = copyCluster("broken");
  await Bun.write(join(cluster.directory, "postgresql.conf"), "shared_buffers = 'a lot'\n");
  expect(await reasonOf(start(dataDir, cluster))).toMatch(
    /does not start: .*; .*postgres\.log says more\.$/,
  );
});

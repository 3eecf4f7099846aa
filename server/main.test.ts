import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { findWithin } from "#lib/wait.ts";
import manifest from "../package.json";
import { lanAddressOf } from "./embedded/lan.ts";
import { findPostmaster } from "./embedded/postmaster.ts";
import { isAlive, type ProcessMark } from "./embedded/processes.ts";
import { readRunning } from "./embedded/run-file.ts";
import { makeCertificate } from "./test/certificate.ts";
import { testDatabase } from "./test/database.ts";
import { temporaryDirectory } from "./test/directory.ts";
import { TestSupervisor } from "./test/supervisor.ts";

const home = temporaryDirectory("parley-main-");
const dataDir = join(home.path, "data");

beforeAll(() => chmodSync(home.path, 0o711));
afterAll(() => home[Symbol.dispose]());

/** Everything that runs on a data directory. */
function alive(directory: string): ProcessMark[] {
  const running = readRunning(directory);
  const postgres = findPostmaster(join(directory, "postgres"))?.mark;
  const marks = [...(running?.workers ?? []), running?.keeper, postgres];
  return marks.filter((mark) => mark !== undefined).filter(isAlive);
}

async function goneWithin(msMax: number, marks: readonly ProcessMark[]): Promise<boolean> {
  return (await findWithin(msMax, () => (marks.some(isAlive) ? undefined : true))) ?? false;
}

test("the version is the package's", async () => {
  const child = Bun.spawn([process.execPath, "server/main.ts", "--version"], { stdout: "pipe" });
  expect(await new Response(child.stdout).text()).toBe(`${manifest.version}\n`);
});

test("it starts on nothing but a data directory, serves, and Ctrl-C ends all of it within 5 s", async () => {
  const supervisor = new TestSupervisor({ DATA_DIR: dataDir });
  const { url, link, ...facts } = await supervisor.ready();
  expect(facts).toMatchObject({ dataDir, version: manifest.version });
  expect(link).toStartWith(`${url}/setup#code=`);
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(supervisor.lines.map(({ msg }) => msg)).toEqual([
    "PostgreSQL 18.4",
    "Database schema",
    "Client",
    "Server",
    "Parley is ready",
  ]);
  const marks = alive(dataDir);
  expect(marks).toHaveLength(3); // Worker, keeper, PostgreSQL.

  const since = performance.now();
  supervisor.process.kill("SIGINT");
  expect((await supervisor.ended()).code).toBe(0);
  expect(marks.filter(isAlive)).toEqual([]);
  expect(performance.now() - since).toBeLessThan(5_000);
  expect(existsSync(join(dataDir, "running.json"))).toBe(false);
});

test("a second start on the same data says where the first one is and leaves it alone", async () => {
  await using first = new TestSupervisor({ DATA_DIR: dataDir });
  const { url } = await first.ready();
  const second = await new TestSupervisor({ DATA_DIR: dataDir }).ended();
  expect(second).toEqual({
    code: 1,
    says: [
      `Parley is already running at ${url} with the data in ${dataDir}: open that, or set DATA_DIR to another directory.`,
    ],
  });
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
});

test("a killed worker is started again at the same address", async () => {
  await using supervisor = new TestSupervisor({ DATA_DIR: dataDir });
  const { url } = await supervisor.ready();
  const [before] = readRunning(dataDir)!.workers;
  process.kill(before!.pid, "SIGKILL");
  await supervisor.says("A worker ended by itself");
  const answer = await findWithin(10_000, () => fetch(`${url}/livez`).catch(() => undefined));
  expect(answer?.status).toBe(200);
  expect(readRunning(dataDir)!.workers).not.toEqual([before!]);
});

test("a signal that reaches the worker too, as from a service manager, is left to the supervisor", async () => {
  await using supervisor = new TestSupervisor({ DATA_DIR: dataDir });
  const { url } = await supervisor.ready();
  const { workers } = readRunning(dataDir)!;
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const)
    process.kill(workers[0]!.pid, signal);
  // The kernel has delivered them by the time of an answer to what was asked afterwards.
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(workers.filter(isAlive)).toEqual([...workers]);
});

test("10 s after kill -9 of the supervisor nothing lives, and the next start works", async () => {
  const killed = new TestSupervisor({ DATA_DIR: dataDir });
  await killed.ready();
  const marks = alive(dataDir);
  killed.process.kill("SIGKILL");
  expect(await goneWithin(10_000, marks)).toBe(true);

  await using next = new TestSupervisor({ DATA_DIR: dataDir });
  expect((await fetch(`${(await next.ready()).url}/readyz`)).status).toBe(200);
});

test("after kill -9 of everything at once the next start works", async () => {
  const killed = new TestSupervisor({ DATA_DIR: dataDir });
  await killed.ready();
  const marks = alive(dataDir);
  for (const pid of [killed.process.pid, ...marks.map((mark) => mark.pid)]) {
    process.kill(pid, "SIGKILL");
  }
  await using next = new TestSupervisor({ DATA_DIR: dataDir });
  expect((await fetch(`${(await next.ready()).url}/readyz`)).status).toBe(200);
  expect(marks.filter(isAlive)).toEqual([]);
});

test("when its launcher is killed, the supervisor ends too", async () => {
  const launcher = new TestSupervisor({ DATA_DIR: dataDir }, ["node", "scripts/start.mjs"]);
  await launcher.ready();
  const marks = alive(dataDir);
  launcher.process.kill("SIGKILL");
  expect(await goneWithin(10_000, marks)).toBe(true);
});

/** How a start ends that can't be: one sentence, exit code 1, and no trace of where it came from. */
async function refusal(env: Readonly<Record<string, string>>): Promise<string> {
  const supervisor = new TestSupervisor(env);
  const { code, says } = await supervisor.ended();
  const errors = supervisor.lines.filter(({ level }) => level !== "info");
  expect({ code, errors: errors.length }).toEqual({ code: 1, errors: 1 });
  expect(JSON.stringify(supervisor.lines)).not.toContain("main.ts:");
  return says.at(-1)!;
}

test("a port that is taken is refused with a sentence", async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, "127.0.0.1", resolve));
  const { port } = other.address() as AddressInfo;
  const said = await refusal({ DATA_DIR: join(home.path, "port"), PORT: `${port}` });
  other.close();
  expect(said).toStartWith(`Port ${port} is taken by another program`);
});

test("S14: with a certificate its address begins with https; with a key of another it does not start", async () => {
  using directory = temporaryDirectory();
  await using database = await testDatabase();
  const [own, other] = ["parley.test", "other.test"].map((name) =>
    makeCertificate(directory.path, name),
  );
  const env = {
    DATA_DIR: join(directory.path, "data"),
    DATABASE_URL: database.url,
    TLS_CERT: own!.certPath,
  };
  const said = await refusal({ ...env, TLS_KEY: other!.keyPath });
  expect(said).toContain("is not the one of the certificate");
  await using supervisor = new TestSupervisor({
    ...env,
    TLS_KEY: own!.keyPath,
    HOST: "0.0.0.0",
  });
  const { url, link, lanUrl } = await supervisor.ready();
  expect(url).toStartWith("https://localhost:");
  const lan = lanAddressOf("0.0.0.0");
  expect(lanUrl).toBe(lan && url.replace("localhost", lan));
  expect(link).toStartWith(`${url}/setup#code=`);
  expect(
    (await fetch(`${url.replace("localhost", "127.0.0.1")}/readyz`, { tls: { ca: own!.cert } }))
      .status,
  ).toBe(200);
});

test("bad settings are refused, each with a sentence", async () => {
  const { code, says } = await new TestSupervisor({ PORT: "x", LOG_LEVEL: "loud" }).ended();
  expect(code).toBe(1);
  expect(says).toEqual([
    'PORT must be an integer from 0 to 65535, not "x".',
    'LOG_LEVEL must be one of debug, info, warn, error, not "loud".',
  ]);
});

test("a database that can't be reached is refused with a sentence", async () => {
  using directory = temporaryDirectory();
  const said = await refusal({
    DATA_DIR: directory.path,
    DATABASE_URL: "postgres://ada:secret@127.0.0.1:1/parley",
  });
  expect(said).toBe(
    "The database at 127.0.0.1:1/parley can't be reached: start it, or correct DATABASE_URL.",
  );
});

test("a database that is not there, or lets us not in, is refused with a sentence", async () => {
  using directory = temporaryDirectory();
  await using database = await testDatabase();
  const missing = new URL(database.url);
  missing.pathname = "/nowhere";
  const wrong = new URL(database.url);
  wrong.password = "wrong";
  const DATA_DIR = directory.path;
  expect(await refusal({ DATA_DIR, DATABASE_URL: missing.href })).toContain("no such database");
  expect(await refusal({ DATA_DIR, DATABASE_URL: wrong.href })).toContain("lets nobody in");
});

test("a newer schema is refused with a sentence, and nothing is touched", async () => {
  using directory = temporaryDirectory();
  await using database = await testDatabase();
  await database.sql`insert into schema_migrations (version) values ('999')`;
  const before = await database.sql`select count(*) from pg_class`.values();
  const said = await refusal({ DATA_DIR: directory.path, DATABASE_URL: database.url });
  expect(said).toContain("last used by a newer Parley (migration 999)");
  expect(await database.sql`select count(*) from pg_class`.values()).toEqual(before);
});

test("a data directory of another PostgreSQL is refused, and nothing is touched", async () => {
  using directory = temporaryDirectory();
  chmodSync(directory.path, 0o711);
  await Bun.write(join(directory.path, "postgres/PG_VERSION"), "17\n");
  const said = await refusal({ DATA_DIR: directory.path });
  expect(said).toContain("holds a database of PostgreSQL 17");
  expect(await Array.fromAsync(new Bun.Glob("**").scan(directory.path))).toEqual([
    "postgres/PG_VERSION",
  ]);
});

test("a data directory that can't be written is refused with a sentence", async () => {
  using directory = temporaryDirectory();
  writeFileSync(join(directory.path, "file"), "");
  const dataDirInFile = join(directory.path, "file/data");
  const said = await refusal({ DATA_DIR: dataDirInFile });
  expect(said).toStartWith(`${dataDirInFile} can't be written`);
  expect(readFileSync(join(directory.path, "file"), "utf8")).toBe("");
});

test("with LOG_LEVEL=debug a refusal says where it came from", async () => {
  using directory = temporaryDirectory();
  const supervisor = new TestSupervisor({
    DATA_DIR: directory.path,
    LOG_LEVEL: "debug",
    DATABASE_URL: "postgres://ada@127.0.0.1:1/parley",
  });
  await supervisor.ended();
  expect(JSON.stringify(supervisor.lines)).toContain('"stack":');
});

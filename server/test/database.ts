import { createHash } from "node:crypto";
import { chownSync, existsSync, mkdtempSync, statfsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findBinaries } from "../embedded/binaries.ts";
import { type Cluster, databaseName, prepareCluster } from "../embedded/cluster.ts";
import { findOwner } from "../embedded/owner.ts";
import { EmbeddedPostgres } from "../embedded/postgres.ts";
import { type Database, openDatabase } from "../store/database.ts";
import { migrate, migrationsDir } from "../store/migrate.ts";

/** A database of one test's own, with the newest schema and nothing in it. */
export interface TestDatabase extends AsyncDisposable {
  readonly url: string;
  readonly sql: Database;
}

/** Creates and drops databases; it is the name of none of them. */
interface Server {
  readonly url: string;
  readonly admin: Database;
  readonly template: string;
}

const owners = ["parley", "postgres", "nobody"]; // Whoever is there: tests create no user.
const templateLock = 0x74656d70; // "temp"

let shared: Promise<Server> | undefined;

/** A fresh database, cloned from a template. The first call of a process starts PostgreSQL, unless the runner has. */
export async function testDatabase(): Promise<TestDatabase> {
  shared ??= prepareServer(process.env["TEST_POSTGRES_URL"]);
  const server = await shared;
  const name = `test_${crypto.randomUUID().replaceAll("-", "")}`;
  await server.admin.unsafe(`create database ${name} template ${server.template}`);
  const url = withDatabase(server.url, name);
  const sql = openDatabase({ url, name: "test" });
  return {
    url,
    sql,
    [Symbol.asyncDispose]: async () => {
      await sql.end({ timeout: 1 });
      await server.admin.unsafe(`drop database if exists ${name} with (force)`);
    },
  };
}

/**
 * Starts a PostgreSQL for tests in a temporary directory, on a free port of 127.0.0.1, and returns its address. It ends
 * when this process does, however that comes about, and its directory goes with it.
 */
export async function startTestPostgres(): Promise<string> {
  const owner = findOwner(owners);
  if (!owner) throw new Error("As root the tests need a user such as nobody for PostgreSQL");

  const home = mkdtempSync(join(memoryDir() ?? tmpdir(), "parley-test-"));
  if (owner.isOther) chownSync(home, owner.uid, owner.gid);
  const binaries = await findBinaries();
  const cluster: Cluster = { binaries, owner, directory: join(home, "postgres") };
  await prepareCluster(cluster);
  const tcpPort = freePort();
  const postgres = await EmbeddedPostgres.start({
    cluster,
    tcpPort,
    runDir: home,
    logPath: join(home, "postgres.log"),
    removedAtEnd: home,
  });
  const password = crypto.randomUUID();
  const admin = openDatabase({ url: withDatabase(postgres.url, "postgres"), max: 1 });
  await admin.unsafe(`alter user ${databaseName} password '${password}'`);
  await admin.end();
  return `postgres://${databaseName}:${password}@127.0.0.1:${tcpPort}/postgres`;
}

const memoryBytesMin = 2 * 1024 ** 3; // Containers often have 64 MB, which is soon full.

/**
 * A directory in memory, where there is room: hundreds of databases are made and dropped in one run, and each is flushed to the disk.
 * PostgreSQL is configured no differently: `fsync` stays on.
 */
function memoryDir(): string | undefined {
  const directory = "/dev/shm";
  if (!existsSync(directory)) return undefined;
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize >= memoryBytesMin ? directory : undefined;
}

async function prepareServer(given: string | undefined): Promise<Server> {
  const url = withDatabase(given ?? (await startTestPostgres()), "postgres");
  const admin = openDatabase({ url, max: 2, name: "test admin" });
  const template = `template_${await hashMigrations()}`;
  const lock = await admin.reserve();
  try {
    // Test processes that share the runner's server come here at the same time.
    await lock`select pg_advisory_lock(${templateLock})`;
    const [found] = await lock`select from pg_database where datname = ${template}`;
    if (!found) await makeTemplate(admin, url, template);
    await lock`select pg_advisory_unlock(${templateLock})`;
  } finally {
    lock.release();
  }
  return { url, admin, template };
}

// Under its final name only when it is finished.
async function makeTemplate(admin: Database, url: string, template: string): Promise<void> {
  const unfinished = `${template}_unfinished`;
  await admin.unsafe(`drop database if exists ${unfinished} with (force)`);
  await admin.unsafe(`create database ${unfinished}`);
  await migrate(withDatabase(url, unfinished));
  await admin.unsafe(`alter database ${unfinished} rename to ${template}`);
}

async function hashMigrations(): Promise<string> {
  const hash = createHash("sha256");
  for (const name of (await readdir(migrationsDir)).sort()) {
    hash.update(name).update(await readFile(join(migrationsDir, name)));
  }
  return hash.digest("hex").slice(0, 16);
}

function withDatabase(url: string, name: string): string {
  const address = new URL(url);
  address.pathname = `/${name}`;
  return address.href;
}

function freePort(): number {
  const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: { data() {} } });
  const { port } = listener;
  listener.stop(true);
  return port;
}

import { existsSync } from "node:fs";
import { chown, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Binaries } from "./binaries.ts";
import { findWithin } from "#lib/wait.ts";
import { type Owner, ownName } from "./owner.ts";
import { markOf, type ProcessMark } from "./processes.ts";
import { hasCode, StartRefused } from "./refused.ts";

/** A PostgreSQL's data on disk and what is needed to run it. */
export interface Cluster {
  readonly binaries: Binaries;
  readonly owner: Owner;
  /** The data directory; its parent belongs to Parley. */
  readonly directory: string;
}

/** The database's superuser, and the name of Parley's database. */
export const databaseName = "parley";

const unfinishedPrefix = "postgres.unfinished-";
const initMsMax = 60_000;
const removeMsMax = 2_000;

/** Begins once it is told to, that is once it is known to whoever comes after us; our end before that is its end, too. */
const whenTold = 'read -r told && exec "$@" </dev/null';

/** Makes the cluster unless it is there. `onMaker` is told which process does it, for a start that may be cut off. */
export async function prepareCluster(
  cluster: Cluster,
  onMaker?: (maker: ProcessMark) => void,
): Promise<boolean> {
  const { directory } = cluster;
  if ((await findMajor(directory)) !== undefined) return false;

  await makeCluster(cluster, onMaker);
  return true;
}

/** Throws a refusal when the directory holds something that is not a cluster of our PostgreSQL. Only looks. */
export async function refuseForeign({ directory, binaries }: Cluster): Promise<void> {
  const found = await findMajor(directory);
  if (found === undefined || found === binaries.major) return;

  throw new StartRefused(
    `${directory} holds a database of PostgreSQL ${found} and this Parley brings PostgreSQL ${binaries.major}: start ` +
      "the version of Parley that made it, or set DATA_DIR to another directory; nothing was touched.",
  );
}

/**
 * Says who may connect: over the private socket the user of this process, known to the kernel, without a password;
 * over TCP, which only tests switch on, whoever has the password. Written at every start, since the user may change.
 */
export async function writeAccess({ directory, owner }: Cluster): Promise<void> {
  const names = new Set([ownName(), owner.name]);
  const map = [...names].map((name) => `parley "${name}" ${databaseName}`);
  await writeOwned(join(directory, "pg_ident.conf"), `${map.join("\n")}\n`, owner);
  const rules = ["local all all peer map=parley", "host all all 127.0.0.1/32 scram-sha-256"];
  await writeOwned(join(directory, "pg_hba.conf"), `${rules.join("\n")}\n`, owner);
}

/** Writes a file that PostgreSQL's user, and nobody else, can read. */
async function writeOwned(path: string, text: string, owner: Owner): Promise<void> {
  await writeFile(path, text, { mode: 0o600 });
  if (owner.isOther) await chown(path, owner.uid, owner.gid);
}

/** How to run a program as PostgreSQL's user, in a session of its own, from where that user may go. */
export function asOwner(owner: Owner): { uid?: number; gid?: number; cwd: string; detached: true } {
  const who = owner.isOther ? { uid: owner.uid, gid: owner.gid } : {};
  return { ...who, cwd: "/", detached: true };
}

/** A plain environment: a PGDATA or PGPORT of the operator's shell is not meant for us. */
export function plainEnv(): Record<string, string> {
  return { PATH: "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}

async function findMajor(directory: string): Promise<number | undefined> {
  const text = await unlessAbsent(readFile(join(directory, "PG_VERSION"), "utf8"));
  if (text !== undefined) return Number.parseInt(text, 10);

  const entries = await unlessAbsent(readdir(directory));
  if (entries === undefined || entries.length === 0) return undefined;
  throw new StartRefused(
    `${directory} holds something that is not a PostgreSQL database: set DATA_DIR to another directory; nothing was touched.`,
  );
}

async function unlessAbsent<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

/** Removes what starts left that were cut off while they made the data. Nobody may be making it any more. */
export async function removeUnfinished(dataDir: string): Promise<void> {
  const left = (await readdir(dataDir)).filter((name) => name.startsWith(unfinishedPrefix));
  for (const name of left) await removeWhole(join(dataDir, name));
}

/**
 * Looks whether it is gone and tries again: the maker's last child may still write or tidy up for a moment, and `rm` stops
 * without a word at the first name that somebody else removes.
 */
async function removeWhole(directory: string): Promise<void> {
  const isGone = await findWithin(removeMsMax, async () => {
    await rm(directory, { recursive: true, force: true }).catch((error: unknown) => {
      if (!hasCode(error, "ENOTEMPTY")) throw error;
    });
    return existsSync(directory) ? undefined : true;
  });
  if (!isGone) {
    throw new StartRefused(
      `${directory}, left by a start that was cut off, is still being written: end what writes there, or remove it, and start again.`,
    );
  }
}

async function makeCluster(
  { directory, owner, binaries }: Cluster,
  onMaker?: (maker: ProcessMark) => void,
): Promise<void> {
  const dataDir = dirname(directory);
  const unfinished = join(dataDir, `${unfinishedPrefix}${process.pid}`);
  await mkdir(unfinished, { mode: 0o700 });
  if (owner.isOther) await chown(unfinished, owner.uid, owner.gid);

  const initdb = Bun.spawn({
    cmd: [
      "/bin/sh",
      "-c",
      whenTold,
      "sh",
      join(binaries.directory, "bin/initdb"),
      `--pgdata=${unfinished}`,
      `--username=${databaseName}`,
      "--auth=peer",
      "--encoding=UTF8",
      // PostgreSQL's own collation: the machine's may change order with its next upgrade and break indexes.
      "--locale=C",
      "--locale-provider=builtin",
      "--builtin-locale=C.UTF-8",
      "--no-instructions",
    ],
    ...asOwner(owner),
    detached: false, // Ctrl-C may have it: there is nothing to save yet.
    env: plainEnv(),
    stdin: "pipe",
    stdout: "ignore",
    stderr: "pipe",
    timeout: initMsMax,
    killSignal: "SIGKILL",
  });
  const maker = markOf(initdb.pid);
  if (maker) onMaker?.(maker);
  await initdb.stdin.write("\n");
  await initdb.stdin.end();
  const said = await new Response(initdb.stderr).text();
  if ((await initdb.exited) !== 0) {
    await rm(unfinished, { recursive: true, force: true });
    throw initRefused(said, dataDir);
  }
  await rename(unfinished, directory);
}

function initRefused(said: string, dataDir: string): StartRefused {
  if (/no space left/i.test(said)) return diskFull(dataDir);
  const reason = said.trim().split("\n").at(-1) ?? "";
  return new StartRefused(
    `PostgreSQL could not set up its data in ${dataDir}: ${reason || "it did not finish in time."}`,
  );
}

/** The sentence for a full disk. */
export function diskFull(dataDir: string): StartRefused {
  return new StartRefused(
    `The disk that holds ${dataDir} is full: free some space and start again.`,
  );
}

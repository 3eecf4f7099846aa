import { chownSync, mkdirSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pause, within } from "#lib/wait.ts";
import { type Cluster, databaseName, diskFull, writeAccess } from "./cluster.ts";
import type { KeeperOptions, KeeperOrder, KeeperReport } from "./keeper.ts";
import { socketDirPrefix, stopPostmaster } from "./postmaster.ts";
import { markOf, type ProcessMark } from "./processes.ts";
import { StartRefused } from "./refused.ts";

export interface PostgresOptions {
  readonly cluster: Cluster;
  readonly logPath: string;
  /** Where the private socket's directory is made, unless that path is too long for a socket. */
  readonly runDir: string;
  /** Listens on 127.0.0.1 too, for who knows the password. For tests. */
  readonly tcpPort?: number;
  readonly removedAtEnd?: string;
  /** All workers' together, with some for scripts. */
  readonly connectionsMax?: number;
  /** PostgreSQL ended by itself, or came back; its return is seen to. */
  onChange?(isUp: boolean, said: string): void;
  /** A keeper began: the first, or another after the first was killed. */
  onKeeper?(mark: ProcessMark): void;
}

const socketPathBytesMax = 100; // The kernel takes 107 here, 103 on macOS.
const walSegmentBytes = 16 * 1024 * 1024; // What PostgreSQL takes at a time for its log.
const startMsMax = 310_000; // The keeper's own limit comes first.
const stopMsMax = 4_000;
const againMs = 1_000;

/** A running PostgreSQL of our own: kept by a keeper, which is kept by us. */
export class EmbeddedPostgres {
  /** For `openDatabase`: over the private socket, where the kernel tells who we are. The same for its whole life. */
  readonly url: string;
  readonly #options: PostgresOptions;
  readonly #socketDir: string;
  #keeper: Bun.Subprocess | undefined;
  #workers: readonly ProcessMark[] = [];
  #isStopping = false;

  private constructor(options: PostgresOptions, socketDir: string) {
    this.#options = options;
    this.#socketDir = socketDir;
    // The socket's name holds the port, also where nothing listens on it.
    const address = `localhost:${options.tcpPort ?? 5432}/${databaseName}`;
    this.url = `postgres://${databaseName}@${address}?host=${encodeURIComponent(socketDir)}`;
  }

  /** Starts PostgreSQL on a prepared cluster; resolves when it accepts connections. */
  static async start(options: PostgresOptions): Promise<EmbeddedPostgres> {
    await writeAccess(options.cluster);
    const postgres = new EmbeddedPostgres(options, chooseSocketDir(options.runDir));
    await postgres.#startKeeper();
    void postgres.#watch();
    return postgres;
  }

  /** Says whose end is awaited before PostgreSQL's, should this process die. */
  setWorkers(marks: readonly ProcessMark[]): void {
    this.#workers = marks;
    this.#order({ kind: "workers", marks });
  }

  /** Resolves when PostgreSQL is gone. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#order({ kind: "stop" });
    if (this.#keeper) await within(stopMsMax, this.#keeper.exited);
  }

  async #startKeeper(): Promise<void> {
    const { cluster, logPath, tcpPort, removedAtEnd, connectionsMax = 100 } = this.#options;
    makePrivate(this.#socketDir, cluster);
    const options: KeeperOptions = {
      cluster,
      socketDir: this.#socketDir,
      logPath,
      connectionsMax,
      ...(tcpPort === undefined ? {} : { tcpPort }),
      ...(removedAtEnd === undefined ? {} : { removedAtEnd }),
    };
    const first = Promise.withResolvers<KeeperReport>();
    let isFirst = true;
    const keeper = Bun.spawn({
      cmd: [process.execPath, join(import.meta.dir, "keeper.ts"), JSON.stringify(options)],
      cwd: "/",
      detached: true,
      stdio: ["ignore", "ignore", "inherit"],
      ipc: (report: KeeperReport) => {
        first.resolve(report);
        if (!isFirst) this.#tell(report);
        isFirst = false;
      },
    });
    this.#keeper = keeper;
    const mark = markOf(keeper.pid);
    if (mark) this.#options.onKeeper?.(mark);

    const report = await within(startMsMax, Promise.race([first.promise, keeper.exited]));
    if (typeof report === "object" && report.kind === "ready") return;

    keeper.kill();
    throw refusedBecause(typeof report === "object" ? report.said : "", this.#options);
  }

  // PostgreSQL outlives a killed keeper. A new keeper could not wait for a child that is not its own: it starts afresh.
  async #watch(): Promise<void> {
    for (;;) {
      await this.#keeper?.exited;
      if (this.#isStopping) return;

      this.#options.onChange?.(false, "its keeper ended");
      await this.#startAgain();
      this.#options.onChange?.(true, "");
    }
  }

  async #startAgain(): Promise<void> {
    while (!this.#isStopping) {
      try {
        await stopPostmaster(this.#options.cluster.directory);
        await this.#startKeeper();
        this.setWorkers(this.#workers);
        return;
      } catch (error) {
        this.#options.onChange?.(false, String(error));
        await pause(againMs);
      }
    }
  }

  #tell(report: KeeperReport): void {
    this.#options.onChange?.(report.kind === "ready", report.kind === "ready" ? "" : report.said);
  }

  #order(order: KeeperOrder): void {
    if (this.#keeper?.exitCode === null && !this.#keeper.killed) this.#keeper.send(order);
  }
}

function chooseSocketDir(runDir: string): string {
  const near = join(runDir, "socket");
  if (Buffer.byteLength(join(near, ".s.PGSQL.65535")) < socketPathBytesMax) return near;

  const short = Buffer.byteLength(tmpdir()) < socketPathBytesMax / 2 ? tmpdir() : "/tmp";
  return mkdtempSync(join(short, socketDirPrefix));
}

// PostgreSQL's user owns the directory and nobody else may enter it. What a dead one left in it goes: its lock file names
// a process, and that number may belong to another by now.
function makePrivate(socketDir: string, { owner }: Cluster): void {
  rmSync(socketDir, { recursive: true, force: true });
  mkdirSync(socketDir, { mode: 0o700 });
  if (owner.isOther) chownSync(socketDir, owner.uid, owner.gid);
}

function refusedBecause(said: string, { cluster, logPath }: PostgresOptions): StartRefused {
  // On a full disk PostgreSQL can't even write why.
  const { bavail, bsize } = statfsSync(cluster.directory);
  if (/no space left/i.test(said) || bavail * bsize < walSegmentBytes) {
    return diskFull(dirname(cluster.directory));
  }

  const reason = /(?:FATAL|PANIC|error):\s*(.*)/i.exec(said)?.[1] ?? "it did not come up in time";
  return new StartRefused(
    `The embedded PostgreSQL does not start: ${reason}; ${logPath} says more.`,
  );
}

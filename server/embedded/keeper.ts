import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from "node:fs";
import { join } from "node:path";
import { asOwner, type Cluster, plainEnv } from "./cluster.ts";
import { endPostgres, findPostmaster, stopPostmaster } from "./postmaster.ts";
import { endProcess, isAlive, markOf, type ProcessMark } from "./processes.ts";
import { findWithin, pause } from "#lib/wait.ts";

/** What the keeper is started with, as JSON in its only argument. */
export interface KeeperOptions {
  readonly cluster: Cluster;
  readonly socketDir: string;
  /** The port on 127.0.0.1, for tests; without it there is the socket alone. */
  readonly tcpPort?: number;
  readonly logPath: string;
  readonly connectionsMax: number;
  /** Removed after the end: a test's database is for nobody. */
  readonly removedAtEnd?: string;
}

/** Supervisor → keeper. */
export type KeeperOrder =
  | { readonly kind: "stop" }
  /** Who still writes: they are waited for when the supervisor dies. */
  | { readonly kind: "workers"; readonly marks: readonly ProcessMark[] };

/** Keeper → supervisor. */
export type KeeperReport =
  | { readonly kind: "ready" }
  /** The first start failed; the keeper is gone. `said` is PostgreSQL's reason, empty when it gave none. */
  | { readonly kind: "failed"; readonly said: string }
  /** PostgreSQL ended unasked; it is being started again. */
  | { readonly kind: "lost"; readonly said: string };

const readyMsMax = 300_000; // Replaying the log after a crash on a slow disk.
const workersMsMax = 4_000;
const backoffMs = { first: 100, max: 5_000 };
const logBytesMax = 1024 * 1024;
const killMsMax = 500;
// The backends of a killed PostgreSQL hold its memory for a moment, and a new one refuses until they are gone.
const leftoverMsMax = 5_000;
const heldByLeftovers =
  /pre-existing shared memory block|lock file "postmaster.pid" already exists/;

/**
 * The process between the supervisor and PostgreSQL, in a session of its own: Ctrl-C does not reach it, and it notices
 * when the supervisor is gone. Then it gives the workers 4 s to finish, ends them, and stops PostgreSQL last.
 */
async function keep(options: KeeperOptions): Promise<void> {
  const asked = Promise.withResolvers<"asked" | "orphaned">();
  let workers: readonly ProcessMark[] = [];
  process.on("message", (order: KeeperOrder) => {
    if (order.kind === "stop") asked.resolve("asked");
    else workers = order.marks;
  });
  process.on("disconnect", () => asked.resolve("orphaned"));
  // A service manager signals every process at once: only the supervisor's word or its end counts here.
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => undefined);

  const kept = new KeptPostgres(options);
  const why = await Promise.race([asked.promise, kept.run()]);
  if (why === "orphaned") await endWorkers(workers);
  await kept.stop();
  if (options.removedAtEnd) rmSync(options.removedAtEnd, { recursive: true, force: true });
}

/** A PostgreSQL that is started again whenever it ends unasked. */
class KeptPostgres {
  readonly #options: KeeperOptions;
  #running: ProcessMark | undefined;
  #isStopping = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
  }

  /** Resolves after `stop`, or when the first start has failed. */
  async run(): Promise<"failed" | "stopped"> {
    const firstBy = performance.now() + leftoverMsMax;
    let hasBeenReady = false;
    let delayMs: number = backoffMs.first;
    while (!this.#isStopping) {
      const logFrom = trimLog(this.#options.logPath);
      const exited = this.#spawn();
      if (await waitUntilReady(this.#options.cluster.directory, exited)) {
        report({ kind: "ready" });
        hasBeenReady = true;
        delayMs = backoffMs.first;
      }
      const trouble = await exited;
      if (this.#isStopping) break;

      const said = trouble ?? reasonIn(this.#options.logPath, logFrom);
      const isHeld = heldByLeftovers.test(said) && performance.now() < firstBy;
      if (hasBeenReady) report({ kind: "lost", said });
      else if (!isHeld) {
        report({ kind: "failed", said });
        return "failed";
      }
      await pause(delayMs);
      delayMs = Math.min(backoffMs.max, delayMs * 2);
    }
    return "stopped";
  }

  async stop(): Promise<void> {
    this.#isStopping = true;
    // By its number first: one that has just begun has not written its file yet.
    if (this.#running) await endPostgres(this.#running);
    await stopPostmaster(this.#options.cluster.directory);
  }

  /** Resolves when PostgreSQL has ended: with the reason when it could not even begin. */
  async #spawn(): Promise<string | undefined> {
    const { cluster, logPath } = this.#options;
    const program = join(cluster.binaries.directory, "bin/postgres");
    const log = openSync(logPath, "a");
    try {
      const postgres = Bun.spawn({
        cmd: [program, "-D", cluster.directory, ...flagsOf(this.#options)],
        ...asOwner(cluster.owner),
        env: plainEnv(),
        stdio: ["ignore", log, log],
      });
      this.#running = markOf(postgres.pid);
      await postgres.exited;
      return undefined;
    } catch (error) {
      return String(error);
    } finally {
      closeSync(log);
    }
  }
}

function flagsOf({ socketDir, tcpPort, connectionsMax }: KeeperOptions): readonly string[] {
  const settings = {
    listen_addresses: tcpPort === undefined ? "" : "127.0.0.1",
    port: tcpPort ?? 5432,
    unix_socket_directories: `"${socketDir.replaceAll('"', '""')}"`,
    unix_socket_permissions: "0700",
    max_connections: connectionsMax,
    shared_buffers: "128MB",
    // Durability is not a setting, whatever the file in the data directory says.
    fsync: "on",
    full_page_writes: "on",
    synchronous_commit: "on",
    // Errors of statements are the client's to log; here only what concerns PostgreSQL itself.
    log_min_messages: "log",
    log_min_error_statement: "panic",
    log_checkpoints: "off",
    log_line_prefix: "%m ",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}

async function waitUntilReady(directory: string, exited: Promise<unknown>): Promise<boolean> {
  let hasExited = false;
  void exited.then(() => (hasExited = true));
  const isReady = await findWithin(readyMsMax, () => {
    if (hasExited) return false;
    return findPostmaster(directory)?.isReady ? true : undefined;
  });
  if (isReady === undefined) await stopPostmaster(directory);
  return isReady ?? false;
}

async function endWorkers(workers: readonly ProcessMark[]): Promise<void> {
  await findWithin(workersMsMax, () => (workers.some(isAlive) ? undefined : true));
  await Promise.all(workers.map((mark) => endProcess(mark, [["SIGKILL", killMsMax]])));
}

/** Why PostgreSQL ended, in its own words; empty when it was killed. */
function reasonIn(logPath: string, from: number): string {
  const log = readFileSync(logPath).subarray(from).toString();
  return [...log.matchAll(/(?:FATAL|PANIC|error):\s*(.*)/g)].at(-1)?.[1] ?? "";
}

/** Keeps the log small across restarts. Returns where what comes now will begin. */
function trimLog(path: string): number {
  const bytes = existsSync(path) ? statSync(path).size : 0;
  if (bytes <= logBytesMax) return bytes;

  truncateSync(path);
  return 0;
}

// The supervisor may be gone: then there is nobody to tell, and the pipe's end has already told us.
function report(event: KeeperReport): void {
  if (process.connected) process.send?.(event);
}

const [, , options] = process.argv;
if (import.meta.main && options !== undefined) {
  await keep(JSON.parse(options) as KeeperOptions);
  process.exit(0);
}

import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findWithin } from "#lib/wait.ts";
import { removeUnfinished } from "./cluster.ts";
import { stopPostmaster } from "./postmaster.ts";
import { endProcess, isAlive, type ProcessMark } from "./processes.ts";

/** What runs on a data directory: for the next start, and for whoever asks where the server is. */
export interface Running {
  readonly url?: string;
  readonly supervisor?: ProcessMark | undefined;
  /** The latest replacing of all workers, for who asked for it. */
  readonly restart?: {
    readonly number: number;
    readonly state: "under way" | "done" | "failed";
  };
  /** The embedded PostgreSQL's, for scripts. */
  readonly databaseUrl?: string;
  readonly keeper?: ProcessMark;
  /** The embedded Redis's, for scripts. */
  readonly redisUrl?: string;
  readonly redis?: ProcessMark;
  /** Who makes the data at a first start. */
  readonly maker?: ProcessMark;
  readonly workers: readonly ProcessMark[];
}

const keeperMsMax = 2_500; // PostgreSQL may take 2.3 s; all leftovers together have 5 s.

export function readRunning(dataDir: string): Running | undefined {
  try {
    return JSON.parse(readFileSync(pathOf(dataDir), "utf8")) as Running;
  } catch {
    return undefined; // Nothing runs, or the disk was full when it was written.
  }
}

/** Says what runs, as it changes; every time the whole file or nothing of it. */
export class RunFile {
  readonly #path: string;
  #running: Running = { workers: [] };

  constructor(dataDir: string) {
    this.#path = pathOf(dataDir);
  }

  note(change: Partial<Running>): void {
    this.#running = { ...this.#running, ...change };
    writeFileSync(`${this.#path}.new`, JSON.stringify(this.#running), { mode: 0o600 });
    renameSync(`${this.#path}.new`, this.#path);
  }

  remove(): void {
    rmSync(this.#path, { force: true });
  }
}

/**
 * Ends what a supervisor left that was killed together with others: workers, keeper, PostgreSQL, in this order. Only for
 * the holder of the data directory.
 */
export async function endLeftovers(dataDir: string): Promise<void> {
  const left = readRunning(dataDir);
  const deaf = [...(left?.workers ?? []), left?.maker, left?.redis].filter(
    (mark) => mark !== undefined,
  );
  await Promise.all(deaf.map((mark) => endProcess(mark, [["SIGKILL", 500]])));
  const keeper = left?.keeper;
  if (keeper) {
    // It has noticed that it is alone and stops PostgreSQL by itself, unless it hangs.
    await findWithin(keeperMsMax, () => (isAlive(keeper) ? undefined : true));
    await endProcess(keeper, [["SIGKILL", 500]]);
  }
  await stopPostmaster(join(dataDir, "postgres"));
  await removeUnfinished(dataDir);
  rmSync(pathOf(dataDir), { force: true });
}

function pathOf(dataDir: string): string {
  return join(dataDir, "running.json");
}

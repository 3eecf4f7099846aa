import { readFileSync, realpathSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { directoryOf, endProcess, markOf, type ProcessMark } from "./processes.ts";

/** What PostgreSQL writes about itself into `postmaster.pid`. */
export interface Postmaster {
  readonly mark: ProcessMark;
  readonly socketDir: string;
  readonly isReady: boolean;
}

/** Begins the name of a socket's directory that lies outside of the data directory and goes with its PostgreSQL. */
export const socketDirPrefix = "parley-";

const fastMsMax = 1_500; // It writes a checkpoint; what takes longer the next start replays from the log instead.
const quickMsMax = 600;
const killMsMax = 200;

/** The PostgreSQL that runs on this data directory, if one does. A file left by a dead one counts as none. */
export function findPostmaster(directory: string): Postmaster | undefined {
  const lines = readLines(directory);
  const mark = markOf(Number(lines[0]));
  // The number may have gone to a stranger since: PostgreSQL works inside its data directory.
  if (mark === undefined || directoryOf(mark.pid) !== realpathSync(directory)) return undefined;

  return { mark, socketDir: lines[4] ?? "", isReady: lines[7]?.startsWith("ready") ?? false };
}

/** Stops a PostgreSQL, by force if it takes longer than 1.5 s: what was committed stays committed either way. */
export function endPostgres(mark: ProcessMark): Promise<boolean> {
  return endProcess(mark, [
    ["SIGINT", fastMsMax],
    ["SIGQUIT", quickMsMax],
    ["SIGKILL", killMsMax],
  ]);
}

/** Stops whatever runs on this data directory. Afterwards nothing of it is left but its data. */
export async function stopPostmaster(directory: string): Promise<void> {
  const socketDir = readLines(directory)[4] ?? "";
  const running = findPostmaster(directory);
  if (running && !(await endPostgres(running.mark))) return;

  // A new one would take the dead one's number for that of a living process.
  rmSync(join(directory, "postmaster.pid"), { force: true });
  if (basename(socketDir).startsWith(socketDirPrefix)) {
    rmSync(socketDir, { recursive: true, force: true });
  }
}

function readLines(directory: string): readonly string[] {
  try {
    return readFileSync(join(directory, "postmaster.pid"), "utf8").split("\n");
  } catch {
    return []; // It is absent when PostgreSQL has ended as it should.
  }
}

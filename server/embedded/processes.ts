import { readFileSync, readlinkSync } from "node:fs";
import { hasCode } from "./refused.ts";
import { findWithin } from "#lib/wait.ts";

/** A process that can't be mistaken for a later one with the same number. */
export interface ProcessMark {
  readonly pid: number;
  /** When the kernel says that it began; the unit is the kernel's own. */
  readonly began: string;
}

/** A signal, and how long to wait for the end before the next one. */
export type Step = readonly [signal: NodeJS.Signals, msMax: number];

/** Undefined when no such process lives. */
export function markOf(pid: number): ProcessMark | undefined {
  const began = beganOf(pid);
  return began === undefined ? undefined : { pid, began };
}

export function isAlive({ pid, began }: ProcessMark): boolean {
  return beganOf(pid) === began;
}

/** Sends one signal after the other until the process is gone; false when it outlives them all. */
export async function endProcess(mark: ProcessMark, steps: readonly Step[]): Promise<boolean> {
  for (const [signal, msMax] of steps) {
    if (!isAlive(mark)) return true;
    signalTo(mark.pid, signal);
    if (await findWithin(msMax, () => (isAlive(mark) ? undefined : true))) return true;
  }
  return !isAlive(mark);
}

/** The directory that a process works in; PostgreSQL's is its data directory. Undefined where it can't be told. */
export function directoryOf(pid: number): string | undefined {
  if (process.platform === "linux") {
    try {
      return readlinkSync(`/proc/${pid}/cwd`);
    } catch {
      return undefined; // It ended, or belongs to somebody else: either way not ours.
    }
  }
  const out = Bun.spawnSync(["lsof", "-a", "-d", "cwd", "-p", `${pid}`, "-Fn"]).stdout.toString();
  return /^n(.*)$/m.exec(out)?.[1];
}

function signalTo(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, "ESRCH")) throw error; // It ended in between.
  }
}

function beganOf(pid: number): string | undefined {
  if (process.platform !== "linux") {
    const out = Bun.spawnSync(["ps", "-o", "stat=,lstart=", "-p", `${pid}`])
      .stdout.toString()
      .trim();
    return out === "" || out.startsWith("Z") ? undefined : out.slice(out.indexOf(" ")).trim();
  }
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The name stands in parentheses and may hold anything; the state is the first field after it, the start the 20th.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[0] === "Z" ? undefined : fields[19];
  } catch {
    return undefined; // No such process.
  }
}

import { existsSync, readdirSync, readFileSync } from "node:fs";

/** What the processes of a server are there for. */
export const roles = ["worker", "postgres", "redis", "supervisor"] as const;
export type ProcessRole = (typeof roles)[number];

interface ProcessFacts {
  readonly pid: number;
  readonly parent: number;
  readonly cpuSeconds: number;
}

/** What the operating system says of a process and all that came from it. */
export interface Usage {
  readonly cpuSeconds: Readonly<Record<ProcessRole, number>>;
  readonly rssBytes: Readonly<Record<ProcessRole, number>>;
  readonly workers: readonly number[];
}

/** Elsewhere there are no figures of CPU and memory. */
export const hasAccounting = existsSync("/proc/self/stat");
const ticksPerSecond = 100; // USER_HZ: the same on every Linux, whatever the kernel's own clock is.

/** The server's usage until now. The time of a process that has ended counts for the one that waited for it. */
export function usageOf(root: number): Usage {
  const cpuSeconds = { worker: 0, postgres: 0, redis: 0, supervisor: 0 };
  const rssBytes = { worker: 0, postgres: 0, redis: 0, supervisor: 0 };
  const workers: number[] = [];
  for (const { pid, cpuSeconds: seconds } of treeOf(root)) {
    const role = roleOf(pid);
    cpuSeconds[role] += seconds;
    rssBytes[role] += rssBytesOf(pid);
    if (role === "worker") workers.push(pid);
  }
  return { cpuSeconds, rssBytes, workers };
}

/** CPU seconds of each role between two looks. */
export function cpuBetween(before: Usage, after: Usage): Record<ProcessRole, number> {
  const spent = roles.map((role) => [role, after.cpuSeconds[role] - before.cpuSeconds[role]]);
  return Object.fromEntries(spent) as Record<ProcessRole, number>;
}

/** The kernel's own memory: of all processes, so only its growth says something. */
export function kernelBytes(): number {
  if (!hasAccounting) return Number.NaN;
  const slabKb = Number(/^Slab:\s+(\d+)/m.exec(readFileSync("/proc/meminfo", "utf8"))?.[1]);
  return slabKb * 1024;
}

function treeOf(root: number): ProcessFacts[] {
  if (!hasAccounting) return [];
  const all = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((name) => factsOf(Number(name)))
    .filter((facts) => facts !== undefined);
  const found = all.filter(({ pid }) => pid === root);
  // It grows while it is walked: the children of children too.
  for (const { pid } of found) found.push(...all.filter(({ parent }) => parent === pid));
  return found;
}

function factsOf(pid: number): ProcessFacts | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  if (stat === "") return undefined;
  // Behind the name, which may hold anything: state, parent, … utime, stime and both of its children (proc(5), fields 14 to 17).
  const fields = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const ticks = fields.slice(11, 15).reduce((sum, each) => sum + each, 0);
  return { pid, parent: fields[1]!, cpuSeconds: ticks / ticksPerSecond };
}

function roleOf(pid: number): ProcessRole {
  const command = textOf(`/proc/${pid}/cmdline`);
  if (command.includes("worker-process.ts")) return "worker";
  if (/^(\S*\/)?postgres[:\0]/.test(command)) return "postgres";
  return /(redis|valkey)-server/.test(command) ? "redis" : "supervisor";
}

function rssBytesOf(pid: number): number {
  return Number(/^VmRSS:\s+(\d+)/m.exec(textOf(`/proc/${pid}/status`))?.[1] ?? 0) * 1024;
}

/** Empty for a process that has just ended. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}

import { existsSync, readFileSync } from "node:fs";

/** Files that a worker needs beside its sockets: databases, Redis, the client's files, requests that are no sockets yet. */
const keptFree = { share: 0.2, min: 64 } as const;

/** How many files this process may have open. At this limit accepting spins: the kernel keeps offering what nobody can take. */
export function openFilesMax(): number {
  const path = "/proc/self/limits";
  const text = existsSync(path)
    ? (/^Max open files\s+(\S+)/m.exec(readFileSync(path, "utf8"))?.[1] ?? "")
    : Bun.spawnSync(["sh", "-c", "ulimit -n"]).stdout.toString().trim();
  return text === "unlimited" ? Number.POSITIVE_INFINITY : Number(text);
}

/** How many of them may be sockets. */
export function socketsMaxOf(filesMax: number): number {
  const kept = Math.max(Math.ceil(filesMax * keptFree.share), keptFree.min);
  return filesMax === Number.POSITIVE_INFINITY ? filesMax : Math.max(1, filesMax - kept);
}

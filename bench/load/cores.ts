import { availableParallelism } from "node:os";

/** Which cores the server runs on, and which the load. */
export interface Cores {
  readonly server: string;
  readonly load: string;
}

/** Undefined where nothing can be pinned: no `taskset`, or one core for all. */
export function chooseCores(options: {
  readonly serverCores: string;
  readonly loadCores: string;
}): Cores | undefined {
  const last = availableParallelism() - 1;
  const others = last === 1 ? "0" : `0-${last - 1}`;
  if (Bun.which("taskset") === null || last === 0) return undefined;
  return { server: options.serverCores || others, load: options.loadCores || `${last}` };
}

export function coresText(cores: Cores | undefined): string {
  return cores
    ? `server on core ${cores.server}, load on core ${cores.load}`
    : "nothing is pinned to cores: there is no taskset, or only one core";
}

/** The command, kept to the server's cores with all that it starts. */
export function onServerCores(command: readonly string[], cores: Cores | undefined): string[] {
  return cores ? ["taskset", "-c", cores.server, ...command] : [...command];
}

/** Keeps this process with all its threads to the load's cores. */
export function stayOnLoadCores(cores: Cores | undefined): void {
  if (!cores) return;
  const { success, stderr } = Bun.spawnSync([
    "taskset",
    "-a",
    "-p",
    "-c",
    cores.load,
    `${process.pid}`,
  ]);
  if (!success) throw new Error(`The load could not be pinned: ${stderr.toString().trim()}`);
}

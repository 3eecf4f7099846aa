import { mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { delimiter, join } from "node:path";

const ours = new Set([
  "bun",
  "bunx",
  "psql",
  "postgres",
  "initdb",
  "redis-server",
  "valkey-server",
]);

/** A PATH on which everything of this machine is, except Bun and the databases. */
export function barePath(directory: string): string {
  mkdirSync(directory, { recursive: true });
  const held = new Set<string>(ours);
  for (const place of (process.env["PATH"] ?? "").split(delimiter)) {
    for (const name of namesIn(place)) {
      if (held.has(name)) continue;
      held.add(name);
      symlinkSync(join(place, name), join(directory, name));
    }
  }
  return directory;
}

/** The files of the work tree, as a fresh clone would have them. */
export async function freshClone(directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true });
  const pack = Bun.spawn(["sh", "-c", "git ls-files -co --exclude-standard | tar -cf - -T -"], {
    stdout: "pipe",
  });
  const unpack = Bun.spawn(["tar", "-xf", "-", "-C", directory], { stdin: pack.stdout });
  if ((await unpack.exited) !== 0) throw new Error("The work tree could not be copied");
}

/** Of this machine's environment only what its network needs: nothing that a fresh machine would not have. */
export function networkEnv(): Record<string, string> {
  const isNetwork = /^(?:.*_proxy|NODE_EXTRA_CA_CERTS|SSL_CERT_FILE)$/i;
  const found = Object.entries(process.env).filter(([name]) => isNetwork.test(name));
  return Object.fromEntries(found.map(([name, value]) => [name, value ?? ""]));
}

/** Whether tests here may mount file systems that only they see. */
export function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const tried = Bun.spawnSync(["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], {
    stderr: "ignore",
  });
  return tried.exitCode === 0;
}

/** Runs `mounts` where nobody else sees what it mounts, then the command in its place, with the same process number. */
export function mounted(mounts: string, cmd: readonly string[]): string[] {
  return ["unshare", "--mount", "sh", "-ec", `${mounts}\nexec "$@"`, "sh", ...cmd];
}

function namesIn(place: string): string[] {
  try {
    return readdirSync(place);
  } catch {
    return []; // PATH may name what is not there.
  }
}

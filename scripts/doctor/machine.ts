/** What the machine gives: directory, disk, secrets, open files. */
import {
  accessSync,
  constants,
  existsSync,
  readdirSync,
  readFileSync,
  statfsSync,
  statSync,
} from "node:fs";
import { dirname, join, resolve } from "node:path";
import { isAlive } from "../../server/embedded/processes.ts";
import { advice, bad, type Finding, good, type Installation, thresholds } from "./finding.ts";

export async function dataDirectory({ server: { dataDir } }: Installation): Promise<Finding[]> {
  const place = existingPartOf(dataDir);
  const findings: Finding[] = [];
  try {
    accessSync(place, constants.W_OK | constants.X_OK);
    findings.push(
      place === dataDir
        ? good(`${dataDir} can be written.`)
        : good(`${dataDir} is not there yet; the first start makes it.`),
    );
  } catch {
    findings.push(
      bad(
        `${place} can't be written by this user.`,
        "Give this user the right to, or set DATA_DIR to another directory.",
      ),
    );
  }
  const { mode } = statSync(place);
  // Passing through is allowed: under root PostgreSQL's own user has to.
  if (place === dataDir && (mode & 0o066) !== 0) {
    findings.push(
      bad(`Other users of this machine can look into ${dataDir}.`, `chmod go-rw ${dataDir}`),
    );
  }
  const { bavail, bsize } = statfsSync(place);
  findings.push(disk(bavail * bsize));
  return findings;
}

/** How much is left, by `thresholds.diskBytes`. */
export function disk(bytes: number): Finding {
  const says = `${(bytes / 1024 ** 3).toFixed(1)} GiB are free on its disk.`;
  if (bytes < thresholds.diskBytes.bad) {
    return bad(says, "Make room: on a full disk nothing that is said can be kept.");
  }
  return bytes < thresholds.diskBytes.advice
    ? advice(says, "Make room before it is full.")
    : good(says);
}

export async function secrets({ config, server: { dataDir } }: Installation): Promise<Finding[]> {
  const directory = join(dataDir, "secrets");
  if (!existsSync(directory)) {
    return [
      good(
        config.secretKey === undefined
          ? "None are kept yet; the first start makes them."
          : "SECRET_KEY is set.",
      ),
    ];
  }
  const faults = readdirSync(directory).flatMap((name): Finding[] => {
    const path = join(directory, name);
    const isOpen = (statSync(path).mode & 0o077) !== 0;
    const isShort = readFileSync(path, "utf8").trim().length < thresholds.secretCharsMin;
    return [
      ...(isOpen ? [bad(`Other users can read ${path}.`, `chmod 600 ${path}`)] : []),
      ...(isShort
        ? [bad(`${path} is too short to be a secret.`, "Remove it; the next start makes another.")]
        : []),
    ];
  });
  return faults.length > 0
    ? faults
    : [good(`Only their owner can read what lies in ${directory}.`)];
}

export async function openFiles({ server: { running } }: Installation): Promise<Finding[]> {
  // The server's own limit where it runs: a service has another one than this terminal.
  const worker = running?.workers.find(isAlive);
  const found = limitOf(worker?.pid ?? process.pid);
  return found === undefined
    ? [good("This system does not say how many are allowed.")]
    : [openFilesOf(found)];
}

function limitOf(pid: number): number | undefined {
  const path = `/proc/${pid}/limits`;
  const text = existsSync(path) ? readFileSync(path, "utf8") : "";
  const [, soft] = /^Max open files\s+(\d+|unlimited)/m.exec(text) ?? [];
  if (soft === undefined) return undefined;
  return soft === "unlimited" ? Number.POSITIVE_INFINITY : Number(soft);
}

/** How many may be open, by `thresholds.openFiles`. */
export function openFilesOf(limit: number): Finding {
  const says = `${limit === Number.POSITIVE_INFINITY ? "Any number" : limit.toLocaleString("en")} may be open at once.`;
  const todo =
    "Raise it (ulimit -n 65536, or LimitNOFILE=65536 in the service): everybody who is there takes one.";
  if (limit <= thresholds.openFiles.bad) return bad(says, todo);
  return limit < thresholds.openFiles.advice ? advice(says, todo) : good(says);
}

function existingPartOf(path: string): string {
  const whole = resolve(path);
  return existsSync(whole) ? whole : existingPartOf(dirname(whole));
}

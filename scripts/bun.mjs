// Runs on nothing but Node: finds Bun, or gets it. Shared by `npm start`, `npm test` and the other scripts.
import { spawn, spawnSync } from "node:child_process";
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The engine's behaviour is measured against this version, so no other is taken. */
export const bunVersion = "1.4.5";

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** A slow line is given its time; a network that swallows everything is not waited for. */
const downloadMsMax = 300_000;

/** How to run what gets something from the registry. A user whose home can't be written keeps its cache here. */
function downloading() {
  const options = { encoding: "utf8", cwd: root, timeout: downloadMsMax };
  const home = join(root, "node_modules", ".cache", "home");
  // Neither there nor here: it goes well as long as everything is there already.
  if (canWrite(homedir()) || !canMake(home)) return options;
  return { ...options, env: { ...process.env, HOME: home } };
}

function canWrite(directory) {
  try {
    accessSync(directory, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function canMake(directory) {
  try {
    mkdirSync(directory, { recursive: true });
    return canWrite(directory);
  } catch {
    return false;
  }
}

/** `npx` needs a second to find what it has; its answer is kept beside what `bun install` made. */
const remembered = join(root, "node_modules", ".cache", "parley", `bun-${bunVersion}`);

/** The whole path of the program, or undefined where it is missing or another version. */
function pathOf(program) {
  const asked = spawnSync(program, ["-e", "console.log(Bun.version + ' ' + process.execPath)"], {
    encoding: "utf8",
    timeout: 10_000,
    cwd: root,
  });
  if (asked.status !== 0) return undefined;
  const [version, ...path] = asked.stdout.trim().split(" ");
  return version === bunVersion ? path.join(" ") : undefined;
}

function recall() {
  try {
    return pathOf(readFileSync(remembered, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function remember(path) {
  try {
    mkdirSync(dirname(remembered), { recursive: true });
    writeFileSync(remembered, path);
  } catch (error) {
    // Of somebody who may not write here, or cannot now: the next start asks npx again.
    if (!["EACCES", "EPERM", "EROFS", "ENOSPC"].includes(error.code)) throw error;
  }
}

/**
 * The path of Bun on this machine; gets it from the npm registry where it is missing, after `getting` was called.
 * Throws one sentence that says what to do.
 */
export function findBun(getting) {
  const here = (process.versions.bun && pathOf(process.execPath)) || pathOf("bun") || recall();
  if (here) return here;

  getting?.();
  const got = spawnSync("npx", ["-y", `bun@${bunVersion}`, "-e", "console.log(process.execPath)"], {
    ...downloading(),
    shell: process.platform === "win32",
  });
  const path = got.status === 0 ? pathOf(got.stdout.trim()) : undefined;
  if (!path) {
    throw new Error(
      `Bun ${bunVersion} is missing and could not be got from the npm registry. ` +
        `Check the network and the disk, or install it (https://bun.com), then start again.\n${got.stderr ?? ""}`.trim(),
    );
  }
  remember(path);
  return path;
}

/** Installs what the lock file names: all of it, or only what production needs. */
export function install(bun, { production }) {
  const done = spawnSync(
    bun,
    ["install", "--frozen-lockfile", "--silent", ...(production ? ["--production"] : [])],
    downloading(),
  );
  if (done.status === 0) return;
  throw new Error(
    `The dependencies could not be installed. Check the network and the disk, then start again.\n${done.stderr}`.trim(),
  );
}

/** Runs a script by Bun in our place: same terminal, same signals, and its exit code becomes ours. */
export function run(bun, args) {
  // Ctrl-C reaches the child by the terminal's group; we stay until it has ended.
  process.on("SIGINT", () => undefined);
  const child = spawn(bun, args, { stdio: "inherit", cwd: root });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}

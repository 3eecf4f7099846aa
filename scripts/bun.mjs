// Runs on nothing but Node: finds Bun, or gets it. Shared by `npm start`, `npm test` and the other scripts.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from "node:fs";
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

/** What is installed: a hash of the manifests, and whether all of it. Gone when `node_modules` is. */
const installed = join(root, "node_modules", ".cache", "parley", "installed");

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
  const path = read(remembered);
  return path === undefined ? undefined : pathOf(path);
}

function read(path) {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function note(path, text) {
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    // Of somebody who may not write here, or cannot now: the next start looks again.
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
  note(remembered, path);
  return path;
}

/** Installs what the lock file names: all of it, or only what production needs. Nothing to do when that is there. */
export function install(bun, { production }) {
  const wanted = hashOfManifests();
  const there = read(installed)?.split(" ");
  if (there?.[0] === wanted && (production || there[1] === "all")) return;

  const done = spawnSync(
    bun,
    ["install", "--frozen-lockfile", "--silent", ...(production ? ["--production"] : [])],
    downloading(),
  );
  if (done.status !== 0) {
    throw new Error(
      `The dependencies could not be installed. Check the network and the disk, then start again.\n${done.stderr}`.trim(),
    );
  }
  note(installed, `${wanted} ${production ? "production" : "all"}`);
}

/** Changes with everything that says what is installed, and with the machine that it is installed for. */
function hashOfManifests() {
  const patches = join(root, "patches");
  const names = existsSync(patches) ? readdirSync(patches).sort() : [];
  const paths = ["package.json", "bun.lock", ...names.map((name) => join("patches", name))];
  const hash = createHash("sha256").update(`${process.platform} ${process.arch}`);
  for (const path of paths) hash.update(`\0${path}\0`).update(readFileSync(join(root, path)));
  return hash.digest("hex");
}

/** Runs a script by Bun in our place: same terminal, same signals, and its exit code becomes ours. */
export function run(bun, args) {
  // Ctrl-C reaches the child by the terminal's group; we stay until it has ended.
  process.on("SIGINT", () => undefined);
  const child = spawn(bun, args, { stdio: "inherit", cwd: root });
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  child.on("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}

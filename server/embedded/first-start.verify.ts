import { afterAll, beforeAll, expect, test } from "bun:test";
import { chmodSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { findWithin } from "#lib/wait.ts";
import { temporaryDirectory } from "../test/directory.ts";
import { barePath, freshClone, networkEnv } from "../test/machine.ts";
import { TestTerminal } from "../test/terminal.ts";
import { findPostmaster } from "./postmaster.ts";
import { isAlive } from "./processes.ts";
import { readRunning } from "./run-file.ts";

const minutesMax = 3;
// The space is part of the test.
const machine = temporaryDirectory("parley machine ");
const clone = join(machine.path, "a fresh clone");
const env: Record<string, string> = {};

beforeAll(async () => {
  chmodSync(machine.path, 0o755);
  await freshClone(clone);
  const home = join(machine.path, "home");
  const prefix = join(machine.path, "prefix"); // Where npm would find a Bun that was installed globally.
  for (const directory of [home, prefix]) mkdirSync(directory);
  const PATH = barePath(join(machine.path, "bin"));
  Object.assign(env, {
    ...networkEnv(),
    PATH,
    HOME: home,
    npm_config_prefix: prefix,
    TERM: "xterm",
    PORT: "0",
  });
});

afterAll(() => machine[Symbol.dispose]());

/** What Parley wrote: npm's own lines begin with ">", or warn. */
function ownLines(terminal: TestTerminal): string[] {
  const lines = terminal.lines();
  const header = lines.findLastIndex((line) => /^(> |npm )/.test(line));
  const own = lines
    .slice(header + 1)
    .join("\n")
    .trim();
  return own.split("\n");
}

async function startAndEnd(cmd: readonly string[], secondsMax: number): Promise<string[]> {
  const since = performance.now();
  const terminal = new TestTerminal(cmd, { cwd: clone, env });
  const address = await terminal.reads("is at");
  const seconds = (performance.now() - since) / 1000;
  console.log(`${cmd.join(" ")}: ${seconds.toFixed(1)} s`);
  expect(seconds).toBeLessThan(secondsMax);
  await terminal.reads("Ctrl-C ends it");
  const url = /http:\S+/.exec(address)![0];
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect(await (await fetch(url)).text()).toContain("<html");

  const { workers, keeper } = readRunning(join(clone, "data"))!;
  const postgres = findPostmaster(join(clone, "data/postgres"))!.mark;
  const lines = ownLines(terminal);
  terminal.pressControlC();
  const left = [...workers, keeper!, postgres];
  const gone = await findWithin(5_000, () => (left.some(isAlive) ? undefined : true));
  expect(gone).toBe(true);
  await terminal.process.exited;
  return lines;
}

test(
  "npm start on a machine with nothing but Node: within 60 s, in 12 lines that say what a person needs",
  async () => {
    const all = await startAndEnd(["npm", "start"], 60);
    // The address in the network and its code are there where there is a network.
    const lines = all.filter((each) => !/^$|^From your network|[▀▄█]/.test(each));
    console.log(lines.join("\n"));
    expect(lines.length).toBeLessThanOrEqual(12);
    const steps = lines.filter((line) => /\d\.\d s$/.test(line));
    expect(steps.map((line) => line.split(/\s{2,}/)[0])).toEqual([
      "Bun",
      "Dependencies",
      "PostgreSQL 18.4",
      "Database schema",
      "Client",
      "Server",
    ]);
    expect(lines.slice(-4).map((line) => line.split(/\s{2,}/)[0])).toEqual([
      "Parley 0.1.0 is at",
      "Become its owner at",
      "Its data lies in",
      "Ctrl-C ends it.",
    ]);
  },
  minutesMax * 60_000,
);

test("a later npm start takes 3 s at most", async () => {
  await startAndEnd(["npm", "start"], 3);
}, 60_000);

test("bun start is the same", async () => {
  const bun = join(env["PATH"]!, "bun");
  expect(existsSync(bun)).toBe(false);
  await startAndEnd([process.execPath, "start"], 3);
}, 60_000);

test("dependencies of another lock file are brought up to date", async () => {
  const stamp = join(clone, "node_modules/.cache/parley/installed");
  const before = await Bun.file(stamp).text();
  rmSync(join(clone, "node_modules/pino"), { recursive: true });
  await Bun.write(stamp, before.replace(/^./, "x"));
  await startAndEnd(["npm", "start"], 60);
  expect(await Bun.file(stamp).text()).toBe(before);
}, 60_000);

test("without a registry the start says so in one sentence", async () => {
  const offline = {
    ...env,
    npm_config_registry: "http://127.0.0.1:1",
    npm_config_fetch_retries: "0",
  };
  const other = join(machine.path, "offline clone");
  const home = join(machine.path, "offline home");
  mkdirSync(home);
  await freshClone(other);
  const terminal = new TestTerminal(["node", "scripts/start.mjs"], {
    cwd: other,
    env: { ...offline, HOME: home },
  });
  expect(await terminal.process.exited).toBe(1);
  expect(terminal.lines().filter((line) => line !== "")).toEqual([
    "error: Bun 1.4.5 is missing and could not be got from the npm registry. Check the network and the disk, or install it (https://bun.com), then start again.",
  ]);
}, 60_000);

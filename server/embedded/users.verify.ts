import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  realpathSync,
  statSync,
} from "node:fs";
import { join } from "node:path";
import { findWithin } from "#lib/wait.ts";
import { openDatabase } from "../store/database.ts";
import { temporaryDirectory } from "../test/directory.ts";
import { canMount, freshClone, mounted, networkEnv } from "../test/machine.ts";
import { TestSupervisor } from "../test/supervisor.ts";
import { TestTerminal } from "../test/terminal.ts";
import { readRunning } from "./run-file.ts";

const isRoot = process.getuid?.() === 0;
const machine = temporaryDirectory("parley-users-");
const launch = ["node", "scripts/start.mjs"];

/** Where everybody finds a Bun: ours may lie beneath a home that is closed to others. */
const PATH = `${join(machine.path, "bin")}:${process.env["PATH"]}`;

beforeAll(() => {
  chmodSync(machine.path, 0o755);
  mkdirSync(join(machine.path, "bin"));
  copyFileSync(realpathSync(process.execPath), join(machine.path, "bin/bun"));
});
afterAll(() => machine[Symbol.dispose]());

/** A clone whose dependencies are there, as after a first start. */
async function cloneAt(path: string): Promise<string> {
  await freshClone(path);
  const code = `import { install } from "./scripts/bun.mjs"; install(process.argv[1], { production: true });`;
  const node = Bun.spawn(["node", "--input-type=module", "-e", code, process.execPath], {
    cwd: path,
  });
  expect(await node.exited).toBe(0);
  return path;
}

async function idOf(name: string, flag: "-u" | "-g"): Promise<number> {
  return Number((await new Response(Bun.spawn(["id", flag, name]).stdout).text()).trim());
}

// What the start changes on the machine (a user, /var/lib/parley) stays in a name space of its own.
const ownMachine = (directory: string): string => `
  cp -a /etc '${directory}/etc'
  mount --bind '${directory}/etc' /etc
  userdel parley 2> /dev/null || true
  mount -t tmpfs -o mode=755 tmpfs /var/lib`;

test.skipIf(!canMount())(
  "root with a clone under a 0700 /root: PostgreSQL and the data move, and the terminal says so",
  async () => {
    const closed = join(machine.path, "root");
    mkdirSync(closed);
    const clone = await cloneAt(join(closed, "parley"));
    chmodSync(closed, 0o700);
    const terminal = new TestTerminal(mounted(ownMachine(closed), launch), {
      cwd: clone,
      env: { ...networkEnv(), PATH: process.env["PATH"]!, HOME: closed, TERM: "xterm", PORT: "0" },
    });
    const address = await terminal.reads("is at");
    const url = /http:\S+/.exec(address)![0];
    expect(await terminal.reads("may not come here")).toBe(
      "PostgreSQL runs as the user parley, who may not come here: data and programs lie in /var/lib/parley.",
    );
    expect(await terminal.reads("Its data lies in")).toEndWith("/var/lib/parley");
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(existsSync(join(clone, "data"))).toBe(false);
    terminal.pressControlC();
    expect(await terminal.process.exited).toBe(0);
    // The address in the network and its code are there where there is a network.
    const lines = terminal.lines().filter((line) => !/^\s*$|^From your network|[▀▄█]/.test(line));
    expect(lines.length).toBeLessThanOrEqual(12);
  },
  120_000,
);

test.skipIf(!canMount())(
  "root who sets DATA_DIR to where PostgreSQL's user may not go is told so",
  async () => {
    const closed = join(machine.path, "closed");
    mkdirSync(closed, { mode: 0o700 });
    const supervisor = new TestSupervisor({ DATA_DIR: join(closed, "data") });
    const { code, says } = await supervisor.ended();
    expect(code).toBe(1);
    expect(says).toHaveLength(1);
    expect(says[0]).toContain(
      `who may not enter ${closed}: set DATA_DIR to a directory outside of it`,
    );
    expect(existsSync(join(closed, "data"))).toBe(false);
  },
  60_000,
);

test.skipIf(!isRoot)(
  "an ordinary user starts it from a clone of theirs, and nobody else gets at what it keeps",
  async () => {
    const clone = await cloneAt(join(machine.path, "theirs"));
    const [uid, gid] = [await idOf("nobody", "-u"), await idOf("nobody", "-g")];
    Bun.spawnSync(["chown", "-R", `${uid}:${gid}`, clone]);
    const home = join(machine.path, "home");
    mkdirSync(home);
    chownSync(home, uid, gid);
    await using supervisor = new TestSupervisor({ ...networkEnv(), HOME: home }, launch, {
      cwd: clone,
      uid,
      gid,
    });
    const { url, dataDir } = await supervisor.ready();
    expect(dataDir).toBe(join(clone, "data"));
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    expect(statSync(dataDir).mode & 0o077).toBe(0);

    // Root may pass every directory; PostgreSQL asks the kernel who it is all the same.
    const { databaseUrl } = readRunning(dataDir)!;
    const sql = openDatabase({ url: databaseUrl!, max: 1 });
    const refused = await sql`select 1`.catch((error: { code: string }) => error.code);
    await sql.end();
    expect(refused).toBe("28000"); // invalid_authorization_specification

    const stranger = Bun.spawnSync(["ls", dataDir], {
      uid: await idOf("daemon", "-u"),
      stderr: "ignore",
    });
    expect(stranger.exitCode).not.toBe(0);
  },
  120_000,
);

test.skipIf(!isRoot)(
  "an ordinary user whose data belongs to somebody else is told so",
  async () => {
    const clone = await cloneAt(join(machine.path, "shared"));
    const [uid, gid] = [await idOf("nobody", "-u"), await idOf("nobody", "-g")];
    const DATA_DIR = join(machine.path, "not-theirs");
    mkdirSync(DATA_DIR, { mode: 0o755 });
    const supervisor = new TestSupervisor({ DATA_DIR, HOME: "/nonexistent", PATH }, launch, {
      cwd: clone,
      uid,
      gid,
    });
    const { code, says } = await supervisor.ended();
    expect(code).toBe(1);
    expect(says.at(-1)).toStartWith(`${DATA_DIR} can't be written`);
  },
  60_000,
);

test.skipIf(!isRoot)(
  "what an ordinary user began, root continues as that user",
  async () => {
    const DATA_DIR = join(machine.path, "begun");
    const [uid, gid] = [await idOf("nobody", "-u"), await idOf("nobody", "-g")];
    mkdirSync(DATA_DIR);
    chownSync(DATA_DIR, uid, gid);
    const clone = await cloneAt(join(machine.path, "both"));
    const first = new TestSupervisor({ DATA_DIR, HOME: "/nonexistent", PATH }, launch, {
      cwd: clone,
      uid,
      gid,
    });
    await first.ready();
    first.process.kill("SIGTERM");
    await first.ended();

    await using second = new TestSupervisor({ DATA_DIR }, launch, { cwd: clone });
    await second.ready();
    expect(statSync(join(DATA_DIR, "postgres/postmaster.pid")).uid).toBe(uid);
    expect(await findWithin(1_000, () => existsSync(join(DATA_DIR, "socket")) || undefined)).toBe(
      true,
    );
  },
  120_000,
);

import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { lackOf } from "./databases.ts";
import { folderOf, type Peer } from "./peer.ts";

const cache = join(import.meta.dir, "../../node_modules/.cache/parley/peers");

/** A peer, and how to run its server here. */
export interface Available {
  readonly peer: Peer;
  readonly command: readonly string[];
}

type Installed = { readonly command: readonly string[] } | { readonly lacks: string };

/** Those that can be started here; whatever a machine lacks is said. */
export function findAvailable(peers: readonly Peer[], say: (line: string) => void): Available[] {
  return peers.flatMap((peer) => {
    const installed = install(peer, say);
    if ("command" in installed) return [{ peer, command: installed.command }];
    say(`skipped: ${peer.title}, for ${installed.lacks}`);
    return [];
  });
}

/** Gets a peer's packages by its lock file into a place of their own, once; the project's installation has none of them. */
function install(peer: Peer, say: (line: string) => void): Installed {
  const lack = lackIn(peer);
  if (lack !== undefined) return { lacks: lack };
  if (peer.program === "bun") return { command: [process.execPath, peer.server] };
  if (peer.program === "centrifugo") return { command: [peer.server] };

  const from = folderOf(peer);
  const place = join(cache, basename(from));
  const [lock, steps] =
    peer.program === "node" ? ["package-lock.json", npmSteps] : ["requirements.txt", pythonSteps];
  const wanted = readFileSync(join(from, lock), "utf8");
  const stamp = join(place, "installed");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    say(`Getting the packages of ${peer.title}, once …`);
    rmSync(place, { recursive: true, force: true });
    mkdirSync(place, { recursive: true });
    cpSync(from, place, { recursive: true });
    for (const step of steps) {
      const trouble = run(step, place);
      if (trouble !== undefined) return { lacks: `its packages could not be had: ${trouble}` };
    }
    writeFileSync(stamp, wanted);
  }
  cpSync(from, place, { recursive: true });
  const program = peer.program === "node" ? "node" : join(place, "venv/bin/python3");
  return { command: [program, join(place, basename(peer.server))] };
}

// No script of a package runs: what is native comes built.
const npmSteps = [["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]];
const pythonSteps = [
  ["python3", "-m", "venv", "venv"],
  [
    "venv/bin/pip",
    "install",
    "--quiet",
    "--no-deps",
    "--only-binary=:all:",
    "-r",
    "requirements.txt",
  ],
];

const programs = {
  bun: [],
  node: ["node", "npm"],
  python3: ["python3"],
  centrifugo: ["centrifugo"],
} as const;

function lackIn({ program, needs }: Peer): string | undefined {
  const missing = programs[program].find((name) => Bun.which(name) === null);
  if (missing !== undefined) return `there is no ${missing}`;
  return needs.map(lackOf).find((lack) => lack !== undefined);
}

/** The last line of what it complained of; undefined where all went well. */
function run(command: readonly string[], folder: string): string | undefined {
  const { exitCode, stderr } = Bun.spawnSync([...command], { cwd: folder, stdout: "ignore" });
  if (exitCode === 0) return undefined;
  return stderr.toString().trim().split("\n").at(-1) ?? `it ended with ${exitCode}`;
}

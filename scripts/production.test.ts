/** What a server brings along is a committed figure, so that another dependency is a decision. */
import { expect, test } from "bun:test";
import { existsSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";

/** On linux-x64, where PostgreSQL is 60 MB of it. The reason to raise them belongs into server/DECISIONS.md. */
const committed = { packages: 44, megabytes: 86 };
const growthMax = 1.1;

interface Needs {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly optionalPeers?: readonly string[];
}

interface Lock {
  readonly workspaces: { readonly "": Needs };
  readonly packages: Readonly<Record<string, readonly [id: string, registry: string, Needs]>>;
}

// JSON, but for commas before what closes.
const lockText = (await Bun.file("bun.lock").text()).replaceAll(/,(?=\s*[}\]])/g, "");
const { workspaces, packages } = JSON.parse(lockText) as Lock;

/** A key of the lock file says whose copy it is: `ora/string-width` lies inside of `ora`. */
function folderOf(key: string): string {
  const names = key.match(/(?:@[^/]+\/)?[^/]+/g)!;
  return `node_modules/${names.join("/node_modules/")}`;
}

/** The copy that `user` gets: its own, or its user's own, or the one that all share. */
function find(name: string, user: string): string | undefined {
  for (
    let place = user;
    place !== "";
    place = place.slice(0, Math.max(0, place.lastIndexOf("/")))
  ) {
    if (`${place}/${name}` in packages) return `${place}/${name}`;
  }
  return name in packages ? name : undefined;
}

function namesOf({
  dependencies,
  optionalDependencies,
  peerDependencies,
  optionalPeers,
}: Needs): string[] {
  const needed = { ...dependencies, ...optionalDependencies, ...peerDependencies };
  return Object.keys(needed).filter((name) => !optionalPeers?.includes(name));
}

/** What `bun install --production` puts on this machine, by its keys in the lock file. */
function productionOf(manifest: Needs): string[] {
  const found = new Set<string>();
  const visit = (needs: Needs, user: string): void => {
    for (const name of namesOf(needs)) {
      const key = find(name, user);
      // What is for another platform is in the lock file only.
      if (!key || found.has(key) || !existsSync(folderOf(key))) continue;
      found.add(key);
      visit(packages[key]![2], key);
    }
  };
  visit(manifest, "");
  return Array.from(found);
}

/** A package without the copies that lie inside of it; they are counted by themselves. */
function bytesOf(folder: string): number {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== "node_modules" && !entry.isSymbolicLink())
    .reduce((sum, entry) => {
      const path = join(folder, entry.name);
      return sum + (entry.isDirectory() ? bytesOf(path) : statSync(path).size);
    }, 0);
}

const production = productionOf(workspaces[""]);

test("production brings no more packages than was agreed, but a tenth", () => {
  expect(production).toContain("postgres");
  expect(production).not.toContain("playwright-core");
  expect(production.length).toBeLessThanOrEqual(Math.floor(committed.packages * growthMax));
});

test.if(process.platform === "linux")(
  "production is no bigger than was agreed, but a tenth",
  () => {
    const bytes = production.reduce((sum, key) => sum + bytesOf(folderOf(key)), 0);
    expect(bytes / 1e6).toBeLessThanOrEqual(committed.megabytes * growthMax);
  },
);

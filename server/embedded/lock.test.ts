import { expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryDirectory } from "../test/directory.ts";
import { holdDirectory } from "./lock.ts";

/** Another process that takes the directory and says whether it could. */
function contender(path: string): Bun.Subprocess<"ignore", "pipe", "inherit"> {
  const code = `import { holdDirectory } from ${JSON.stringify(join(import.meta.dir, "lock.ts"))};
    process.stdout.write(holdDirectory(${JSON.stringify(path)}) ? "mine" : "taken");
    setTimeout(() => {}, 20_000);`;
  return Bun.spawn([process.execPath, "-e", code], { stdio: ["ignore", "pipe", "inherit"] });
}

async function firstWord(child: Bun.Subprocess<"ignore", "pipe", "inherit">): Promise<string> {
  for await (const bytes of child.stdout) return new TextDecoder().decode(bytes);
  return "";
}

test("a data directory has one holder, and is free again when that one was killed", async () => {
  using directory = temporaryDirectory("parley with a space ");
  const first = contender(directory.path);
  expect(await firstWord(first)).toBe("mine");
  expect(holdDirectory(directory.path)).toBe(false);

  first.kill("SIGKILL");
  await first.exited;
  expect(holdDirectory(directory.path)).toBe(true);

  const second = contender(directory.path);
  expect(await firstWord(second)).toBe("taken");
  second.kill("SIGKILL");
  await second.exited;
});

import { expect, test } from "bun:test";
import { chmodSync, existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findWithin } from "#lib/wait.ts";
import { temporaryDirectory } from "../test/directory.ts";
import { isAlive, type ProcessMark } from "./processes.ts";
import { EmbeddedRedis, findRedis } from "./redis.ts";

const program = findRedis(process.env["PATH"]);

/** It, and the marks of all that was started for it. */
async function start(runDir: string) {
  const marks: ProcessMark[] = [];
  let ends = 0;
  let again: () => void = () => undefined;
  const redis = await EmbeddedRedis.start({
    program: program!,
    runDir,
    onStart: (mark) => {
      marks.push(mark);
      again();
    },
    onEnd: () => ends++,
  });
  const startsAgain = (): Promise<void> => new Promise((resolve) => (again = resolve));
  return { redis, marks, startsAgain, ends: () => ends };
}

test.skipIf(program === undefined)(
  "D1: a Redis of our own listens on a private socket alone, comes back when it dies, and leaves nothing",
  async () => {
    using home = temporaryDirectory("parley-redis-test-");
    const { redis, marks, startsAgain, ends } = await start(home.path);
    const socket = redis.url.slice("unix:".length);
    expect(statSync(socket).mode & 0o777).toBe(0o700);
    expect(statSync(join(home.path, "redis")).mode & 0o777).toBe(0o700);
    const back = startsAgain();
    process.kill(marks[0]!.pid, "SIGKILL");
    await back;
    expect([ends(), marks.map(isAlive)]).toEqual([1, [false, true]]);
    // Also one that takes no signal but the last.
    process.kill(marks[1]!.pid, "SIGSTOP");
    await redis.stop();
    expect([isAlive(marks[1]!), existsSync(join(home.path, "redis"))]).toEqual([false, false]);
  },
);

test.skipIf(program === undefined)(
  "D1: whoever dies takes the Redis that they started along",
  async () => {
    using home = temporaryDirectory("parley-redis-test-");
    const code = `
      import { EmbeddedRedis, findRedis } from ${JSON.stringify(join(import.meta.dir, "redis.ts"))};
      await EmbeddedRedis.start({
        program: findRedis(process.env.PATH),
        runDir: ${JSON.stringify(home.path)},
        onStart: (mark) => console.log(JSON.stringify(mark)),
        onEnd: () => undefined,
      });
      console.log("ready");
      setInterval(() => undefined, 1_000);`;
    const child = Bun.spawn([process.execPath, "-e", code], { stdout: "pipe" });
    let said = "";
    for await (const bytes of child.stdout) {
      said += new TextDecoder().decode(bytes);
      if (said.includes("ready")) break;
    }
    const mark = JSON.parse(said.split("\n")[0]!) as ProcessMark;
    expect(isAlive(mark)).toBe(true);
    child.kill("SIGKILL");
    expect(await findWithin(5_000, () => (isAlive(mark) ? undefined : true))).toBe(true);
  },
);

test("a program that does not run is refused with what to do, and one that is none is not found", async () => {
  using home = temporaryDirectory("parley-redis-test-");
  const path = join(home.path, "redis-server");
  writeFileSync(path, "#!/bin/sh\nexit 1\n");
  chmodSync(path, 0o755);
  expect(findRedis(home.path)).toBeUndefined();
  const started = EmbeddedRedis.start({
    program: { path, version: "7.0.0" },
    runDir: home.path,
    onStart: () => undefined,
    onEnd: () => undefined,
  });
  expect(await started.catch(({ message }: Error) => message)).toContain("does not start");
});

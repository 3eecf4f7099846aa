import { expect, test } from "bun:test";
import { realpathSync } from "node:fs";
import { temporaryDirectory } from "../test/directory.ts";
import { directoryOf, endProcess, isAlive, markOf } from "./processes.ts";

/** A shell that says when it has begun; with `deaf` it ignores polite signals. */
async function child({ deaf = false, cwd = "/" } = {}): Promise<Bun.Subprocess> {
  const script = `${deaf ? "trap '' INT TERM;" : ""} echo ready; while :; do sleep 0.05; done`;
  const started = Bun.spawn(["sh", "-c", script], { cwd, stdout: "pipe" });
  for await (const _ of started.stdout) break;
  return started;
}

test("a process is known by its number and when it began", async () => {
  const one = await child();
  const mark = markOf(one.pid)!;
  expect(isAlive(mark)).toBe(true);
  expect(isAlive({ ...mark, began: "1" })).toBe(false); // Somebody else had this number before.
  expect(await endProcess(mark, [["SIGTERM", 2_000]])).toBe(true);
  expect(isAlive(mark)).toBe(false);
  expect(markOf(one.pid)).toBeUndefined();
});

test("who does not hear the first signal gets the next one", async () => {
  const deaf = await child({ deaf: true });
  const mark = markOf(deaf.pid)!;
  expect(await endProcess(mark, [["SIGTERM", 100]])).toBe(false);
  expect(
    await endProcess(mark, [
      ["SIGINT", 50],
      ["SIGKILL", 2_000],
    ]),
  ).toBe(true);
});

test("a signal never goes to a stranger who got the number", async () => {
  const stranger = await child();
  const mark = markOf(stranger.pid)!;
  expect(await endProcess({ ...mark, began: "1" }, [["SIGKILL", 50]])).toBe(true);
  expect(isAlive(mark)).toBe(true);
  await endProcess(mark, [["SIGKILL", 2_000]]);
});

test("where a process works tells whose it is", async () => {
  using directory = temporaryDirectory();
  const one = await child({ cwd: directory.path });
  expect(directoryOf(one.pid)).toBe(realpathSync(directory.path));
  await endProcess(markOf(one.pid)!, [["SIGKILL", 2_000]]);
  expect(directoryOf(one.pid)).toBeUndefined();
});

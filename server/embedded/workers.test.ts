import { expect, test } from "bun:test";
import { join } from "node:path";
import { temporaryDirectory } from "../test/directory.ts";
import type { ProcessMark } from "./processes.ts";
import { Workers } from "./workers.ts";

/** A process that says it is ready and ends when told, unless the machine has become one on which it can't begin. */
const script = `
  import { existsSync } from "node:fs";
  if (existsSync(process.env.BROKEN)) process.exit(1);
  process.on("message", ({ kind }) => (kind === "drain" ? process.exit(0) : process.send({ kind })));
  process.on("disconnect", () => process.exit(0));
  process.send({ kind: "ready", url: "" });
`;

test("W8: where a new worker does not come up the old ones go on, and the next try is as good as the first", async () => {
  using home = temporaryDirectory("parley-restart-");
  const [path, broken] = [join(home.path, "worker.ts"), join(home.path, "broken")];
  await Bun.write(path, script);
  let marks: readonly ProcessMark[] = [];
  const workers = new Workers({
    script: path,
    env: { PATH: process.env["PATH"], BROKEN: broken },
    count: 2,
    onChange: (now) => (marks = now),
  });
  expect(await workers.start()).toBe(true);
  const first = marks;
  await Bun.write(broken, "");
  expect(await workers.restart()).toBe(false);
  expect(marks).toEqual(first);
  await Bun.file(broken).delete();
  // Asked twice at once it happens once.
  const [one, other] = [workers.restart(), workers.restart()];
  expect(await Promise.all([one, other])).toEqual([true, true]);
  expect(marks).toHaveLength(2);
  expect(marks.filter(({ pid }) => first.some((mark) => mark.pid === pid))).toEqual([]);
  await workers.drain();
  expect(marks).toEqual([]);
});

test("X11: a worker that stands still is ended and another takes its place, one that answers goes on", async () => {
  using home = temporaryDirectory("parley-still-");
  const path = join(home.path, "worker.ts");
  await Bun.write(path, script);
  let changed = Promise.withResolvers<void>();
  let marks: readonly ProcessMark[] = [];
  const workers = new Workers({
    script: path,
    env: { PATH: process.env["PATH"], BROKEN: join(home.path, "broken") },
    count: 2,
    pulse: { askMs: 20, unansweredMax: 50, firstUnansweredMax: 100 },
    onChange: (now) => {
      marks = now;
      changed.resolve();
      changed = Promise.withResolvers();
    },
  });
  expect(await workers.start()).toBe(true);
  const [still, well] = marks as [ProcessMark, ProcessMark];
  process.kill(still.pid, "SIGSTOP");
  while (marks.length !== 2 || marks.some(({ pid }) => pid === still.pid)) await changed.promise;
  expect(marks.map(({ pid }) => pid)).toContain(well.pid);
  await workers.drain();
});

test("X11: a worker that stands still before it is ready is ended, too, and another takes its place", async () => {
  using home = temporaryDirectory("parley-unborn-");
  const [path, stuck] = [join(home.path, "worker.ts"), join(home.path, "stuck")];
  // It listens, is not ready yet, and then its loop stands still for as long as the file is there.
  await Bun.write(
    path,
    `
    import { existsSync } from "node:fs";
    process.on("message", ({ kind }) => (kind === "drain" ? process.exit(0) : process.send({ kind })));
    if (existsSync(process.env.STUCK)) process.kill(process.pid, "SIGSTOP");
    process.send({ kind: "ready", url: "" });
    `,
  );
  const begun = new Set<number>();
  const third = Promise.withResolvers<void>();
  const workers = new Workers({
    script: path,
    env: { PATH: process.env["PATH"], STUCK: stuck },
    count: 1,
    pulse: { askMs: 20, unansweredMax: 50, firstUnansweredMax: 100 },
    onChange: (marks) => {
      for (const { pid } of marks) begun.add(pid);
      if (begun.size > 2) third.resolve();
    },
  });
  expect(await workers.start()).toBe(true);
  await Bun.write(stuck, "");
  process.kill([...begun][0]!, "SIGKILL");
  await third.promise;
  await Bun.file(stuck).delete();
  await workers.drain();
});

test("X11: a worker that hung up as soon as it was ready is ended like one that stands still, and the supervisor goes on", async () => {
  using home = temporaryDirectory("parley-hung-up-");
  const path = join(home.path, "worker.ts");
  await Bun.write(
    path,
    'process.send({ kind: "ready", url: "" }); process.disconnect(); setInterval(() => {}, 1_000);',
  );
  const ended = Promise.withResolvers<void>();
  const begun = new Set<number>();
  const workers = new Workers({
    script: path,
    env: { PATH: process.env["PATH"] },
    count: 1,
    // That it is ready counts as an answer.
    pulse: { askMs: 20, unansweredMax: 5, firstUnansweredMax: 1_000_000 },
    onChange: (marks) => {
      for (const { pid } of marks) begun.add(pid);
      // The first was ended, and another has begun.
      if (begun.size > 1) ended.resolve();
    },
  });
  expect(await workers.start()).toBe(true);
  await ended.promise;
  await workers.drain();
});

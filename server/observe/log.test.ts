import { expect, test } from "bun:test";
import { join } from "node:path";
import { lineOf, stepLineOf } from "./log.ts";

const logPath = join(import.meta.dir, "log.ts");

/** Runs a few statements with the log in a process of their own, whose output is a pipe. */
async function written(statements: string, ...before: readonly string[]): Promise<string[]> {
  const code = `import { log, logStep, logNotice, logProgress, setLogLevel } from ${JSON.stringify(logPath)}; ${statements}`;
  const child = Bun.spawn([...before, process.execPath, "-e", code], {
    stdout: "pipe",
    stderr: "pipe",
  });
  const text = await new Response(child.stdout).text();
  expect(await child.exited).toBe(0);
  return text.split(/\r?\n/).filter((line) => line !== "");
}

test("machines read one object per line, in the same words", async () => {
  const lines = await written(`
    log.info("A thing happened", { userId: 7 });
    log.debug("nobody asked");
    log.error("It broke", new Error("boom"));
    logProgress("Waiting");
    logStep("PostgreSQL", 512.4);
    logNotice(["for", "people"], "Parley is ready", { url: "http://localhost" });
  `);
  expect(lines.map((line) => JSON.parse(line))).toEqual([
    { level: "info", time: expect.any(String), userId: 7, msg: "A thing happened" },
    { level: "error", time: expect.any(String), error: "boom", msg: "It broke" },
    { level: "info", time: expect.any(String), ms: 512, msg: "PostgreSQL" },
    { level: "info", time: expect.any(String), url: "http://localhost", msg: "Parley is ready" },
  ]);
});

test("a stack trace is for those who ask for it", async () => {
  const [quiet] = await written(`log.error("It broke", new Error("boom"));`);
  const [asked] = await written(`setLogLevel("debug"); log.error("It broke", new Error("boom"));`);
  expect(quiet).not.toContain("stack");
  expect(JSON.parse(asked!).stack).toContain("Error: boom");
});

test("what is caught need not be an error", async () => {
  const [line] = await written(`log.warn("It broke", "boom");`);
  expect(JSON.parse(line!)).toMatchObject({ level: "warn", about: "boom" });
});

test("the server outlives whoever read its log", async () => {
  const child = Bun.spawn(
    [
      "sh",
      "-c",
      `"$0" -e 'import { log } from "${logPath}"; for (let n = 0; n < 5000; n += 1) log.info("line " + n); process.stderr.write("done")' | head -1`,
      process.execPath,
    ],
    { stdout: "pipe", stderr: "pipe" },
  );
  expect(await new Response(child.stderr).text()).toBe("done");
});

test("the server outlives the terminal that it was started on", async () => {
  const code = `
    import { log } from ${JSON.stringify(logPath)};
    process.on("SIGHUP", () => undefined);
    for (let n = 0; n < 40; n += 1) { log.info("line " + n); await Bun.sleep(10); }
    process.exit(7);`;
  const child = Bun.spawn([process.execPath, "-e", code], {
    terminal: { data: (terminal) => terminal.close() },
  });
  expect(await child.exited).toBe(7);
});

test("people read a sentence and its facts", () => {
  expect(lineOf("info", "A worker is back", { delayMs: 100, name: "one" })).toBe(
    "A worker is back  delayMs=100  name=one",
  );
  expect(lineOf("error", "It broke", { error: "boom", stack: "Error: boom\n  at x" })).toBe(
    "error: It broke  error=boom\nError: boom\n  at x",
  );
});

test("the steps of the start stand below each other", () => {
  const lines = [stepLineOf("PostgreSQL 18.4", 1234), stepLineOf("Client", 12_345)];
  expect(lines.map((line) => line.indexOf(" s"))).toEqual([50, 50].map(() => lines[0]!.length - 2));
});

import { expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { RunFile } from "../server/embedded/run-file.ts";
import { codeOf, ownOrigin, testApp, type TestApp } from "../server/test/app.ts";
import { testDatabase } from "../server/test/database.ts";
import { people } from "../server/test/people.ts";
import { runUserCommand } from "./user.ts";

const { ada, grace } = people;

async function ask(app: TestApp, ...words: string[]) {
  const { sql, clock } = app;
  return await runUserCommand(words, { sql, publicUrl: ownOrigin, now: () => clock.nowMs });
}

/** Runs the script as a person would, with nothing but these settings. */
async function run(words: string[], settings: Record<string, string>) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "user.ts"), ...words], {
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"] ?? "", ...settings },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [said, failed] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { said, failed, exitCode: await child.exited };
}

test("a lone owner who forgot the password gets a link that sets a new one, once", async () => {
  await using app = await testApp();
  await app.owner();
  const { lines, exitCode } = await ask(app, "reset", ` ${ada.email.toUpperCase()}`);
  expect(exitCode).toBe(0);
  expect(lines[0]).toStartWith(`${ownOrigin}/reset#code=`);

  const form = { code: codeOf(lines[0]!), password: "difference-engine-2" };
  const browser = app.browser();
  expect(await browser.post("/api/v1/password/reset", form)).toMatchObject({ status: 201 });
  expect(await browser.post("/api/v1/password/reset", form)).toMatchObject({ status: 410 });
});

test("S1: who is deactivated is out at once, and comes in again only when activated", async () => {
  await using app = await testApp();
  const guest = await app.member(await app.owner(), grace);
  const { sessionId } = await guest.access(app.tokens);
  const signIn = async () => (await app.browser().post("/api/v1/session", grace)).status;

  expect(await ask(app, "deactivate", grace.email)).toMatchObject({ exitCode: 0 });
  expect(await guest.refresh()).toMatchObject({ status: 401 });
  expect(await signIn()).toBe(403);
  const revocations = await app.sql<{ id: string }[]>`select session_id as id from revocations`;
  expect(revocations.map(({ id }) => id)).toEqual([sessionId]);

  expect((await ask(app, "list")).lines).toEqual([
    "ada@parley.test    Ada Lovelace  owner",
    "grace@parley.test  Grace Hopper  member, deactivated",
  ]);
  expect(await ask(app, "activate", grace.email)).toMatchObject({ exitCode: 0 });
  expect(await signIn()).toBe(201);
});

test("an address that nobody has, or words that mean nothing, are told so", async () => {
  await using app = await testApp();
  await app.owner();
  for (const verb of ["reset", "deactivate", "activate"]) {
    const { lines, exitCode } = await ask(app, verb, grace.email);
    expect({ exitCode, says: lines[0]?.includes(grace.email) }).toEqual({
      exitCode: 1,
      says: true,
    });
  }
  for (const words of [[], ["reset"], ["reset", "a", "b"], ["list", "x"], ["delete", "x"]]) {
    const { lines, exitCode } = await ask(app, ...words);
    expect(exitCode).toBe(1);
    expect(lines[0]).toStartWith("npm run user -- list");
  }
});

test("the script finds the database by its settings, or by the server that runs", async () => {
  await using database = await testDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), "parley-user-"));
  try {
    const bySettings = await run(["list"], { DATABASE_URL: database.url, DATA_DIR: dataDir });
    expect(bySettings).toMatchObject({ exitCode: 0, failed: "" });
    expect(bySettings.said).toContain("Nobody has an account yet");

    const notRunning = await run(["list"], { DATA_DIR: dataDir });
    expect(notRunning).toMatchObject({ exitCode: 1, said: "" });
    expect(notRunning.failed).toContain("npm start");

    new RunFile(dataDir).note({ url: "http://localhost:3999", databaseUrl: database.url });
    await database.sql`
      insert into users (name, email, role) values (${ada.name}, ${ada.email}, 'owner')`;
    const byServer = await run(["reset", ada.email], { DATA_DIR: dataDir });
    expect(byServer).toMatchObject({ exitCode: 0, failed: "" });
    expect(byServer.said).toStartWith("http://localhost:3999/reset#code=");
  } finally {
    rmSync(dataDir, { recursive: true });
  }
});

test("a database that does not answer is one sentence", async () => {
  const url = "postgres://nobody@127.0.0.1:1/nothing";
  const { exitCode, failed } = await run(["list"], { DATABASE_URL: url });
  expect(exitCode).toBe(1);
  expect(failed.trim().split("\n")).toHaveLength(1);
});

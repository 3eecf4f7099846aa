import { expect, test } from "bun:test";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findWithin } from "#lib/wait.ts";
import { readConfig } from "../../server/config.ts";
import { makeCertificate } from "../../server/test/certificate.ts";
import { testDatabase } from "../../server/test/database.ts";
import { startProxy } from "../../server/test/proxy.ts";
import { startServer } from "../../server/test/start-server.ts";
import { TestSupervisor } from "../../server/test/supervisor.ts";
import { linesOf } from "./doctor.ts";
import { databaseFindings } from "./database.ts";
import { examinations } from "./examinations.ts";
import { type Finding, thresholds } from "./finding.ts";
import { disk, openFilesOf } from "./machine.ts";
import { findOwnServer } from "../own-server.ts";

class TemporaryDirectory implements Disposable {
  readonly path = mkdtempSync(join(tmpdir(), "parley-doctor-"));
  constructor() {
    chmodSync(this.path, 0o711);
  }
  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** What one part's examination says under these settings. */
async function look(part: string, settings: Record<string, string>): Promise<readonly Finding[]> {
  const config = readConfig({ PORT: "0", HOST: "127.0.0.1", ...settings });
  const it = { config, server: findOwnServer(config), now: Date.now };
  return examinations.find((each) => each.part === part)!.look(it);
}

const statesOf = (findings: readonly Finding[]) => findings.map(({ state }) => state);

async function run(settings: Record<string, string>, ...words: string[]) {
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "doctor.ts"), ...words], {
    cwd: tmpdir(),
    env: { PATH: process.env["PATH"] ?? "", HOST: "127.0.0.1", PORT: "0", ...settings },
    stdout: "pipe",
    stderr: "pipe",
  });
  const [said, failed] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
  ]);
  return { said, failed, exitCode: await child.exited };
}

test("B36 D21 R36: of a server that runs as it should nothing is wrong, and what is broken then turns red", async () => {
  using data = new TemporaryDirectory();
  {
    await using supervisor = new TestSupervisor({ DATA_DIR: data.path });
    const { url } = await supervisor.ready();
    const well = await run({ DATA_DIR: data.path });
    expect([well.exitCode, well.failed]).toEqual([0, ""]);
    expect(well.said).toContain(`answers at ${url}.`);
    expect(well.said).toContain("✓ It is ready to work.");
    expect(well.said).toContain("✓ What it has confirmed survives a crash");
    expect(well.said).toContain("✓ Its schema is this version's.");
    expect(well.said).not.toContain("✗");
    expect(well.said).toContain("Nothing is wrong.");

    chmodSync(join(data.path, "secrets"), 0o755);
    chmodSync(join(data.path, "secrets/secret-key"), 0o644);
    const open = await run({ DATA_DIR: data.path }, "--json");
    expect(open.exitCode).toBe(1);
    const diagnoses = JSON.parse(open.said) as { part: string; state: string; todo?: string }[];
    const wrong = diagnoses.filter(({ state }) => state === "bad");
    expect(wrong).toEqual([
      expect.objectContaining({
        part: "Secrets",
        todo: `chmod 600 ${data.path}/secrets/secret-key`,
      }),
    ]);
  }
  const ended = await run({ DATA_DIR: data.path });
  expect(ended.said).toContain("✓ It does not run");
  expect(ended.said).toContain("of its own starts with it");
});

test("B36: settings that can't be read are named one by one, without what is secret in them", async () => {
  const { said, exitCode } = await run({ PORT: "none", SECRET_KEY: "too-short" });
  expect(exitCode).toBe(1);
  expect(said).toContain("✗ PORT must be an integer");
  expect(said).toContain("✗ SECRET_KEY must be at least 32 characters long");
  expect(said).not.toContain("too-short");
});

test("B36: a data directory that others can look into, and secrets that are too short, are red", async () => {
  using data = new TemporaryDirectory();
  expect(statesOf(await look("Data directory", { DATA_DIR: data.path }))[0]).toBe("good");
  chmodSync(data.path, 0o755);
  expect(await look("Data directory", { DATA_DIR: data.path })).toContainEqual(
    expect.objectContaining({ state: "bad", todo: `chmod go-rw ${data.path}` }),
  );
  mkdirSync(join(data.path, "secrets"));
  writeFileSync(join(data.path, "secrets/key"), "x".repeat(31), { mode: 0o600 });
  expect(statesOf(await look("Secrets", { DATA_DIR: data.path }))).toEqual(["bad"]);
  writeFileSync(join(data.path, "secrets/key"), "x".repeat(32));
  expect(statesOf(await look("Secrets", { DATA_DIR: data.path }))).toEqual(["good"]);
});

test("B36: disk and open files are judged on both sides of their thresholds", () => {
  const { diskBytes, openFiles } = thresholds;
  expect(
    [diskBytes.bad - 1, diskBytes.bad, diskBytes.advice - 1, diskBytes.advice].map(
      (bytes) => disk(bytes).state,
    ),
  ).toEqual(["bad", "advice", "advice", "good"]);
  expect(
    [openFiles.bad, openFiles.bad + 1, openFiles.advice - 1, openFiles.advice].map(
      (limit) => openFilesOf(limit).state,
    ),
  ).toEqual(["bad", "advice", "advice", "good"]);
});

test("B36 D21: a PostgreSQL that could lose messages, is old, crowded, of another version or of another time is red or yellow", () => {
  const well = {
    version: "18.1",
    durabilityFault: undefined,
    synchronousCommit: "on",
    connectionsMax: 100,
    connectionsOfOthers: 60,
    clockAheadMs: 0,
    answerMs: 1,
    missing: [],
    unknown: [],
    lostTables: [],
    rows: { users: 2 },
  };
  const worst = (change: Partial<typeof well> | { durabilityFault: string }, workers = 1) =>
    databaseFindings({ ...well, ...change }, workers).find(({ state }) => state !== "good")?.state;
  expect(worst({})).toBeUndefined();
  expect(worst({ version: "14.9" })).toBe("bad");
  expect(worst({ version: "15.0" })).toBeUndefined();
  expect(worst({ durabilityFault: "PostgreSQL runs with fsync=off" })).toBe("bad");
  expect(worst({ synchronousCommit: "off" })).toBe("advice");
  expect(worst({ connectionsOfOthers: 61 })).toBe("bad");
  expect([worst({ connectionsOfOthers: 20 }, 2), worst({ connectionsOfOthers: 21 }, 2)]).toEqual([
    undefined,
    "bad",
  ]);
  expect(worst({ missing: ["005_hosts.sql"] as never[] })).toBe("advice");
  expect(worst({ unknown: ["999"] as never[] })).toBe("bad");
  expect(worst({ lostTables: ["users"] as never[] })).toBe("bad");
  expect(worst({ clockAheadMs: -999 })).toBeUndefined();
  expect(worst({ clockAheadMs: -1_000 })).toBe("advice");
  expect(worst({ clockAheadMs: 60_000 })).toBe("bad");
});

test("B36: a database of one's own is asked, and where it can't be the sentence says what to do and no password", async () => {
  await using database = await testDatabase();
  const asked = await look("PostgreSQL", { DATABASE_URL: database.url });
  expect(asked[0]).toMatchObject({ state: "good" });
  const away = await look("PostgreSQL", {
    DATABASE_URL: "postgres://parley:s3cr3t-word@127.0.0.1:1/parley",
  });
  expect(away).toEqual([expect.objectContaining({ state: "bad" })]);
  expect(away[0]!.todo).toContain("can't be reached: start it, or correct DATABASE_URL");
  expect(JSON.stringify(away)).not.toContain("s3cr3t-word");
});

test("B36: a port that another program has is red, and what answers there without being Parley is told apart", async () => {
  using other = Bun.serve({ port: 0, hostname: "127.0.0.1", fetch: () => Response.json({}) });
  const [finding] = await look("Server", { PORT: String(other.port) });
  expect(finding).toMatchObject({ state: "bad", says: expect.stringContaining("is not Parley") });
  using deaf = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { open: (one) => void one.end(), data: () => undefined },
  });
  const [taken] = await look("Server", { PORT: String(deaf.port) });
  expect(taken).toMatchObject({
    state: "bad",
    todo: expect.stringContaining("is taken by another program"),
  });
});

test("D8 B36: a server whose database is away lives and is not ready, says so, and is ready again by itself", async () => {
  await using database = await testDatabase();
  using network = startProxy(database.url);
  const url = network.through(database.url);
  await using server = await startServer({ database, changes: { databaseUrl: url } });
  const settings = { PORT: new URL(server.url).port, DATABASE_URL: url };
  expect(statesOf(await look("Server", settings))).toEqual(["good", "good"]);
  network.refuse();
  expect(await look("Server", settings)).toEqual([
    expect.objectContaining({ state: "good" }),
    expect.objectContaining({
      state: "bad",
      says: "It is not ready: the database can't be reached.",
    }),
  ]);
  expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  network.accept();
  const ready = await findWithin(10_000, async () =>
    (await fetch(`${server.url}/readyz`)).ok ? true : undefined,
  );
  expect(ready).toBe(true);
});

test("B36 S14: an address is tried as people reach it: answers, WebSocket, streams that nobody holds back", async () => {
  await using server = await startServer();
  using network = startProxy(server.url);
  const through = network.through(server.url).replace(/\/$/, "");
  const says = async (settings: Record<string, string>) =>
    (await look("Address", settings)).map(({ state, says: words }) => `${state}: ${words}`);
  expect(await says({ PUBLIC_URL: through })).toEqual([
    expect.stringContaining("advice: http"),
    `good: Parley answers at ${through}.`,
    "good: WebSocket gets through.",
    "good: Streamed responses get through as they come.",
  ]);
  // A proxy that knows no WebSocket and waits for the end of every answer.
  using buffering = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname, search } = new URL(request.url);
      const answer = await fetch(`${server.url}${pathname}${search}`);
      return new Response(await answer.arrayBuffer(), answer);
    },
  });
  expect((await says({ PUBLIC_URL: `http://127.0.0.1:${buffering.port}` })).slice(2)).toEqual([
    "bad: No WebSocket gets through: everybody falls back to HTTP.",
    "advice: Streamed responses are held back until they end.",
  ]);
  network.refuse();
  expect((await says({ PUBLIC_URL: through })).at(-1)).toStartWith(
    "bad: Parley does not answer at",
  );
  const secure = await look("Address", { PUBLIC_URL: "https://127.0.0.1:1" });
  expect(secure).toContainEqual(
    expect.objectContaining({ state: "advice", todo: expect.stringContaining("TRUSTED_PROXIES") }),
  );
});

test("B36 S14: a server that speaks https itself is found past the name of its certificate, and misses no proxy", async () => {
  using data = new TemporaryDirectory();
  const { certPath, keyPath } = makeCertificate(data.path, "parley.test");
  await using server = await startServer({ changes: { tlsCert: certPath, tlsKey: keyPath } });
  const settings = { PORT: new URL(server.url).port, TLS_CERT: certPath, TLS_KEY: keyPath };
  const findings = await look("Server", settings);
  expect(statesOf(findings)).toEqual(["good", "good"]);
  expect(findings[0]!.says).toBe(`Parley answers at ${server.url}.`);
  // The way of people is not forgiven a certificate that nobody believes.
  const address = await look("Address", { ...settings, PUBLIC_URL: server.url });
  expect(statesOf(address)).toEqual(["good", "bad"]);
});

test("B36: each part is named once, what to do stands beneath, and the last line counts", () => {
  const lines = linesOf(
    [
      { part: "One", state: "good", says: "Well." },
      { part: "One", state: "advice", says: "Nearly.", todo: "Look." },
      { part: "Other", state: "bad", says: "Broken.", todo: "Mend it." },
    ],
    false,
  ).map((line) => line.trimEnd());
  expect(lines).toEqual([
    "One             ✓ Well.",
    "                ! Nearly.",
    "                  Look.",
    "Other           ✗ Broken.",
    "                  Mend it.",
    "",
    "1 thing is wrong. 1 to think about.",
  ]);
  const [coloured] = linesOf([{ part: "One", state: "good", says: "Well." }], true);
  expect(coloured).toContain("\u001b[32m✓\u001b[0m");
});

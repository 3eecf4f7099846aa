import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { Hono } from "hono";
import type { AppEnv } from "./parts.ts";
import { serveClient } from "./static.ts";

const page = "<!doctype html><title>Parley</title>";
const script = `console.log("${"parley ".repeat(50)}");`;
const home = mkdtempSync(join(tmpdir(), "parley-client-"));
const clientDir = join(home, "client");

beforeAll(() => {
  mkdirSync(join(clientDir, "assets"), { recursive: true });
  const files = {
    "index.html": page,
    "assets/main-3f9a2c1b.js": script,
    "assets/main-3f9a2c1b.js.br": brotliCompressSync(script),
    "assets/main-3f9a2c1b.js.gz": gzipSync(script),
    "icon.svg": "<svg/>",
    "assets/inter-5.3.0.woff2": "font",
    "notes.secret": "no type",
    ".hidden.txt": "hidden",
    "../outside.txt": "outside",
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(clientDir, name), bytes);
});
afterAll(() => rmSync(home, { recursive: true }));

async function get(path: string, headers: Record<string, string> = {}, directory = clientDir) {
  const app = new Hono<AppEnv>().get("/*", serveClient(directory));
  // Not by URL, which would tidy the path up before the server sees it.
  const request = new Request("http://parley.test/", { headers });
  Object.defineProperty(request, "url", { value: `http://parley.test${path}` });
  return await app.fetch(request);
}

test("a hashed file is compressed as the browser likes it best, and kept for ever", async () => {
  const path = "/assets/main-3f9a2c1b.js";
  const brotli = await get(path, { "accept-encoding": "gzip, deflate, br" });
  expect(brotli.headers.get("content-encoding")).toBe("br");
  expect(brotli.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  expect(brotli.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(brotli.headers.get("vary")).toBe("accept-encoding");
  const gzip = await get(path, { "accept-encoding": "gzip" });
  expect(gzip.headers.get("content-encoding")).toBe("gzip");
  expect(Bun.gunzipSync(await gzip.bytes()).length).toBe(script.length);
  const plain = await get(path);
  expect(plain.headers.has("content-encoding")).toBe(false);
  expect(await plain.text()).toBe(script);
});

test.each([
  ["br;q=0, gzip", "gzip"],
  ["gzip;q=0", null],
  ["*", "br"],
  ["identity", null],
  ["BR", "br"],
  ["nonsense;;,", null],
])("Accept-Encoding: %s is answered with %s", async (accepted, encoding) => {
  const { headers } = await get("/assets/main-3f9a2c1b.js", { "accept-encoding": accepted });
  expect(headers.get("content-encoding")).toBe(encoding);
});

test("the page itself is asked for each time, and not sent again while it is the same", async () => {
  const first = await get("/");
  expect(await first.text()).toBe(page);
  expect(first.headers.get("cache-control")).toBe("no-cache");
  expect(first.headers.get("content-type")).toBe("text/html; charset=utf-8");
  const etag = first.headers.get("etag")!;
  const again = await get("/", { "if-none-match": `"other", W/${etag}` });
  expect(again.status).toBe(304);
  expect(await again.text()).toBe("");

  const later = new Date(Date.now() + 5_000);
  utimesSync(join(clientDir, "index.html"), later, later);
  expect((await get("/", { "if-none-match": etag })).status).toBe(200);
});

test("each encoding has a tag of its own", async () => {
  const path = "/assets/main-3f9a2c1b.js";
  const tags = await Promise.all(
    ["br", "gzip", "identity"].map(async (encoding) =>
      (await get(path, { "accept-encoding": encoding })).headers.get("etag")!,
    ),
  );
  expect(new Set(tags).size).toBe(3);
});

test.each(["/signin", "/c/dm-1-2", "/people", "/setup", "/index.html"])(
  "the page is there at %s",
  async (path) => {
    const response = await get(path);
    expect(response.status).toBe(200);
    expect(await response.text()).toBe(page);
  },
);

test("a place with a dot is a page for who navigates, and missing for who loads a script", async () => {
  expect((await get("/c/v1.2", { accept: "text/html,*/*" })).status).toBe(200);
  expect((await get("/assets/main-0ldh4sh1.js", { accept: "*/*" })).status).toBe(404);
});

test("what keeps its name may change, and is asked for each time", async () => {
  expect((await get("/icon.svg")).headers.get("cache-control")).toBe("no-cache");
  const font = await get("/assets/inter-5.3.0.woff2");
  expect(font.headers.get("cache-control")).toContain("immutable");
});

test.each([
  "/../outside.txt",
  "/..%2foutside.txt",
  "/%2e%2e/outside.txt",
  "/assets/../../outside.txt",
  "/assets/..%5c..%5coutside.txt",
  "//etc/hosts.txt",
  "/.hidden.txt",
  "/%2ehidden.txt",
  "/notes.secret",
  "/assets/main-3f9a2c1b.js.br",
  "/assets",
  "/assets.js/x.js",
  "/%00.js",
  "/%ff.js",
  `/${"x".repeat(300)}.js`,
  "/api/v1/nothing",
])("nothing but the client's own files is given: %s", async (path) => {
  const response = await get(path, { accept: "*/*" });
  const text = await response.text();
  expect(text).not.toContain("outside");
  expect(text).not.toContain("hidden");
  expect(text).not.toContain("no type");
  expect(response.status).toBe(path === "/assets" ? 200 : 404);
});

test("a client that is not built is a sentence, and is served as soon as it is", async () => {
  const directory = join(home, "later");
  const before = await get("/", {}, directory);
  expect(before.status).toBe(503);
  expect(before.headers.get("retry-after")).toBe("2");
  expect(await before.text()).toContain("npm start");
  symlinkSync(clientDir, directory);
  expect((await get("/", {}, directory)).status).toBe(200);
});

import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { buildClient } from "./build.ts";
import { firstLoadBytesMax } from "./test/loading.ts";

const kibibyte = 1024;
/** With the channel that the address names, which is fetched meanwhile. */
const channelMax = 44 * kibibyte;
/** What a page imports by itself, by a word that stands in no other script. */
const signIn = "account-form";
const lives = "parley-tab:";
const channelPane = "composer-input";

let folder = "";
let html = "";

beforeAll(async () => {
  folder = join(await mkdtemp(join(tmpdir(), "parley-client-")), "a built client");
  await buildClient(folder);
  html = await Bun.file(join(folder, "index.html")).text();
});
afterAll(() => rm(join(folder, ".."), { recursive: true }));

/** A script, and whatever it imports before it runs. */
async function withImports(path: string, known = new Set<string>()): Promise<Set<string>> {
  if (known.has(path)) return known;
  known.add(path);
  const text = await Bun.file(join(folder, path)).text();
  for (const [, name] of text.matchAll(/\bfrom"([^"]+)"|(?<![.\w])import"([^"]+)"/g)) {
    await withImports(join("assets", name!.replace(/^.*\//, "")), known);
  }
  return known;
}

function scriptsOf(page: string): string[] {
  return Array.from(page.matchAll(/<script[^>]* src="\/([^"]+)"/g), (match) => match[1]!);
}

async function zippedBytes(paths: Iterable<string>): Promise<number> {
  let total = 0;
  for (const path of paths) total += Bun.file(join(folder, `${path}.gz`)).size;
  return total;
}

/** The one script that holds this word. */
async function scriptWith(word: string): Promise<string> {
  const found: string[] = [];
  for (const name of await readdir(join(folder, "assets"))) {
    const path = join("assets", name);
    if (name.endsWith(".js") && (await Bun.file(join(folder, path)).text()).includes(word)) {
      found.push(path);
    }
  }
  expect(found).toHaveLength(1);
  return found[0]!;
}

/** All that is fetched by a page that imports these by itself. */
async function loadBytes(...words: string[]): Promise<number> {
  const fetched = new Set<string>();
  const scripts = scriptsOf(html);
  expect(scripts).toHaveLength(2);
  for (const script of scripts) await withImports(script, fetched);
  for (const word of words) {
    const path = await scriptWith(word);
    expect(fetched).not.toContain(path);
    await withImports(path, fetched);
  }
  return await zippedBytes(fetched);
}

// Counted is whatever is fetched until one can use the page: until the form stands, or the list. The outbox's database (idb), the
// next views and the list's handle are fetched once the list stands; `two-people.browser.ts` sees to it in a browser.
test.each([
  ["/signin", firstLoadBytesMax, [signIn]],
  ["/", firstLoadBytesMax, [lives]],
  ["/c/…", channelMax, [lives, channelPane]],
])(
  "U13: until %s is of use, %d bytes of JavaScript are fetched at most",
  async (_page, most, words) => {
    const bytes = await loadBytes(...words);
    expect(bytes).toBeGreaterThan(20 * kibibyte);
    expect(bytes).toBeLessThanOrEqual(most);
  },
);

test("U13: the page has nothing inline that its policy would have to allow", () => {
  expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|javascript:/i);
  for (const [, content] of html.matchAll(/<script[^>]*>([^]*?)<\/script>/g))
    expect(content).toBe("");
  expect(html).not.toContain("./");
});

test("U13: every name but the page's changes with its content, and every text has its compressed copies", async () => {
  const assets = await readdir(join(folder, "assets"));
  const texts = assets.filter((name) => /\.(js|css|svg)$/.test(name));
  expect(texts.length).toBeGreaterThan(8);
  for (const name of texts) {
    expect(name).toMatch(/-[a-z0-9]{8}\.\w+$/);
    const bytes = Buffer.from(await Bun.file(join(folder, "assets", name)).bytes());
    const copy = async (ending: string) =>
      Buffer.from(await Bun.file(join(folder, "assets", `${name}${ending}`)).bytes());
    expect(gunzipSync(await copy(".gz")).equals(bytes)).toBe(true);
    expect(brotliDecompressSync(await copy(".br")).equals(bytes)).toBe(true);
  }
  const style = assets.find((name) => name.endsWith(".css"))!;
  const font = assets.find((name) => name.endsWith(".woff2"))!;
  const css = await Bun.file(join(folder, "assets", style)).text();
  expect(css).toMatch(new RegExp(`url\\("?\\./${RegExp.escape(font)}`));
  expect(css).not.toContain("data:");
});

test("U13: nothing is built twice from the same sources, and a changed one is", async () => {
  expect(await buildClient(folder)).toEqual({ changed: false });
  await Bun.write(join(folder, ".content-hash"), "of other sources");
  await Bun.write(join(folder, "assets/left-over.js"), "");
  expect(await buildClient(folder)).toEqual({ changed: true });
  expect(await Bun.file(join(folder, "assets/left-over.js")).exists()).toBe(false);
});

/** Builds the client: hashed names, compressed copies beside every text, and nothing inline. */
import type { BunPlugin } from "bun";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const here = import.meta.dir;
const ownMain = join(here, "main.tsx");
const hashName = ".content-hash";
const sources = ["client/**/*", "server/wire/**/*", "bun.lock"];
/** What changes nothing about what is built. */
const beside = /\.(test|browser|verify)\.tsx?$|^client\/test\/|\.(md|po)$/;

/** The files of a page: for each name in its sources, where it is served. */
type Places = ReadonlyMap<string, string>;

async function hashOfSources(): Promise<string> {
  const root = join(here, "..");
  const hash = new Bun.CryptoHasher("sha256").update(Bun.version);
  for (const pattern of sources) {
    const paths = await Array.fromAsync(new Bun.Glob(pattern).scan({ cwd: root }));
    for (const path of paths.filter((each) => !beside.test(each)).sort()) {
      hash.update(`\0${path}\0`).update(await Bun.file(join(root, path)).bytes());
    }
  }
  return hash.digest("hex");
}

/** What a browser gets in the place of what our sources name, so that it has less to fetch. */
const lighter: BunPlugin = {
  name: "lighter",
  setup(build) {
    build.onResolve({ filter: /^msgpackr$/ }, () => ({ path: join(here, "net/message-pack.ts") }));
    // A guard against floods: its own server sends none, and `message-pack.ts` reads within the bytes.
    build.onLoad({ filter: /server\/wire\/shape\.ts$/ }, () => ({
      contents: "export const checkShape = () => {}, checkJson = checkShape;",
      loader: "ts",
    }));
    // A page says refusals in its reader's language, not in the protocol's words.
    build.onLoad({ filter: /server\/wire\/codes\.ts$/ }, async ({ path }) => ({
      contents: (await Bun.file(path).text()).replace(/\b(?:sentence|remedy):\s*"[^"]*",/g, ""),
      loader: "ts",
    }));
  },
};

/** A token as it stands in an id, where it is a text or a value; plurals and choices are no plain ones. */
function plainly(token: unknown): string {
  if (typeof token === "string") return token;
  const [name, ...more] = token as string[];
  return more.length === 0 ? `{${name}}` : "";
}

/** A plain sentence is its own id, and what the catalogue does not have is read from its id. */
const shortCatalogue: BunPlugin = {
  name: "short-catalogue",
  setup(build) {
    build.onLoad({ filter: /locale\/\w+\/messages\.ts$/ }, async ({ path }) => {
      const { messages } = (await import(path)) as { messages: Record<string, unknown[]> };
      const told = Object.entries(messages).filter(
        ([id, tokens]) => id !== tokens.map(plainly).join(""),
      );
      return {
        contents: `export const messages = ${JSON.stringify(Object.fromEntries(told))};`,
        loader: "js",
      };
    });
  },
};

interface Bundling {
  readonly format?: "esm" | "iife";
  readonly plugins?: BunPlugin[];
}

async function bundle(
  entry: string,
  outDir: string,
  assets: string,
  { format = "esm", plugins = [lighter] }: Bundling = {},
): Promise<Places> {
  const { outputs, metafile } = await Bun.build({
    entrypoints: [entry],
    outdir: join(outDir, "assets"),
    target: "browser",
    plugins,
    format,
    splitting: format === "esm",
    minify: true,
    metafile: true,
    publicPath: assets,
    naming: "[name]-[hash].[ext]",
    // Fonts would be written into the style sheet, which the policy forbids and nobody wants to load twice.
    external: ["*.woff2"],
    define: { "process.env.NODE_ENV": '"production"' },
  });
  const places = outputs.map(({ path }): [string, string] => {
    const name = basename(path);
    return [name.replace(/-[a-z0-9]{8}(\.\w+)$/, "$1"), `${assets}${name}`];
  });
  const main = Object.values(metafile?.outputs ?? {}).find(({ entryPoint }) => entryPoint);
  const first = main?.imports.filter(({ kind }) => kind === "import-statement") ?? [];
  return new Map([
    ...places,
    ...first.map(({ path }): [string, string] => [`preload ${path}`, `${assets}${basename(path)}`]),
  ]);
}

/** The kit for pages of other applications: one file under a name that stays. */
async function bundleKit(outDir: string): Promise<void> {
  await Bun.build({
    entrypoints: [join(here, "kit/kit.ts")],
    outdir: join(outDir, "kit"),
    target: "browser",
    plugins: [lighter],
    minify: true,
    naming: "parley.[ext]",
    define: { "process.env.NODE_ENV": '"production"' },
  });
}

async function copyFont(outDir: string, assets: string): Promise<Places> {
  const name = (await readdir(join(here, "view/font"))).find((each) => each.endsWith(".woff2"));
  await Bun.write(join(outDir, "assets", name!), Bun.file(join(here, "view/font", name!)));
  return new Map([[name!, `${assets}${name}`]]);
}

async function writePage(page: string, outDir: string, places: Places): Promise<void> {
  const preloads = Array.from(places)
    .filter(([name]) => name.startsWith("preload "))
    .map(([, place]) => `<link rel="modulepreload" href="${place}" />`);
  const html = (await Bun.file(page).text())
    .replace(/(?<=(?:src|href)=")\.[\w./-]+(?=")/g, (path) => {
      const name = basename(path).replace(/\.tsx?$/, ".js");
      const place = places.get(name);
      if (!place) throw new Error(`${page} names ${path}, which the build did not write`);
      return place;
    })
    .replace("</head>", `${preloads.join("")}</head>`);
  await Bun.write(join(outDir, "index.html"), html);
}

async function compress(outDir: string): Promise<void> {
  const texts = new Bun.Glob("**/*.{js,css,html,svg}").scan({ cwd: outDir });
  for await (const path of texts) {
    const bytes = await Bun.file(join(outDir, path)).bytes();
    const quality = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
    await Bun.write(join(outDir, `${path}.br`), brotliCompressSync(bytes, { params: quality }));
    await Bun.write(join(outDir, `${path}.gz`), gzipSync(bytes, { level: 9 }));
  }
}

/**
 * Builds `main` into a folder that is empty or not there, for a server that browsers find beneath `prefix`. The client's tests
 * build a `main` of their own, with the whole catalogue.
 */
export async function buildPage(outDir: string, main = ownMain, prefix = ""): Promise<void> {
  const assets = `${prefix}/assets/`;
  await mkdir(outDir, { recursive: true });
  const places = new Map([
    ...(await bundle(join(here, "view/style.css"), outDir, assets)),
    ...(await bundle(join(here, "view/first-paint.ts"), outDir, assets, { format: "iife" })),
    ...(await copyFont(outDir, assets)),
    ...(await bundle(
      main,
      outDir,
      assets,
      main === ownMain ? { plugins: [lighter, shortCatalogue] } : {},
    )),
  ]);
  places.set("main.js", places.get(basename(main).replace(/\.tsx?$/, ".js"))!);
  await writePage(join(here, "index.html"), outDir, places);
}

/**
 * Afterwards `outDir` holds the built client. Nothing is done where it was built from the same sources, for the same `prefix`, before. It is built
 * beside its place and then moved there, so that no half of it is ever served.
 */
export async function buildClient(outDir: string, prefix = ""): Promise<{ changed: boolean }> {
  const hash = `${await hashOfSources()}${prefix}`;
  const built = Bun.file(join(outDir, hashName));
  if ((await built.exists()) && (await built.text()) === hash) return { changed: false };

  const partial = `${outDir}.${process.pid}`;
  await rm(partial, { recursive: true, force: true });
  await buildPage(partial, ownMain, prefix);
  await bundleKit(partial);
  await compress(partial);
  await Bun.write(join(partial, hashName), hash);
  await rm(outDir, { recursive: true, force: true });
  await rename(partial, outDir);
  return { changed: true };
}

if (import.meta.main) {
  const outDir = process.argv[2] ?? "dist";
  await buildClient(outDir);
  await stat(join(outDir, "index.html"));
}

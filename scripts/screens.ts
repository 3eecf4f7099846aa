/**
 * Opens every page and state and takes its picture: wide and narrow, light and dark, one right-to-left, one at 200 % zoom.
 * Writes `artefacts/screens/*.png` and one sheet of them all. `npm run screens [-- <part of a name>]`.
 */
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { launchBrowser } from "../client/test/browser.ts";
import { startSampleServer } from "../client/test/sample-server.ts";
import { screens, type Screen } from "./screen-list.ts";

const folder = "artefacts/screens";
const sizes = { wide: { width: 1440, height: 900 }, narrow: { width: 390, height: 844 } } as const;
/** A Friday morning, the same in every picture. */
const now = new Date("2026-11-20T11:02:00Z");

interface Look {
  readonly size: keyof typeof sizes;
  readonly theme: "light" | "dark";
  readonly extra?: "rtl" | "zoom";
}

const looks: Look[] = [
  { size: "wide", theme: "light" },
  { size: "wide", theme: "dark" },
  { size: "narrow", theme: "light" },
  { size: "narrow", theme: "dark" },
];
const extras: Look[] = [
  { size: "wide", theme: "light", extra: "rtl" },
  { size: "wide", theme: "light", extra: "zoom" },
];

async function take(browser: Browser, url: string, screen: Screen, look: Look): Promise<string> {
  const size = sizes[look.size];
  const isZoomed = look.extra === "zoom";
  // A browser that zooms to 200 % has half the pixels for layout and draws each twice as large.
  const viewport = isZoomed ? { width: size.width / 2, height: size.height / 2 } : size;
  const context = await browser.newContext({
    viewport,
    deviceScaleFactor: isZoomed ? 2 : 1,
    colorScheme: look.theme,
    locale: "en-GB",
    timezoneId: "UTC",
    reducedMotion: "reduce",
    hasTouch: look.size === "narrow",
    isMobile: look.size === "narrow",
  });
  try {
    const page = await context.newPage();
    await page.clock.setFixedTime(now);
    const question = new URLSearchParams({ state: screen.state, now: String(now.getTime()) });
    if (look.extra === "rtl") question.set("dir", "rtl");
    await page.goto(`${url}${screen.path}?${question}`);
    await page.waitForSelector(screen.waitFor);
    await screen.act?.(page);
    await page.evaluate(() => document.fonts.ready);
    const name = [screen.name, look.size, look.theme, look.extra].filter(Boolean).join("-");
    const path = join(folder, `${name}.png`);
    await page.screenshot({ path });
    return path;
  } finally {
    await context.close();
  }
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/** One picture of all pictures, drawn by the browser itself. */
async function takeSheet(browser: Browser, paths: readonly string[]): Promise<void> {
  const figures = await Promise.all(
    paths.map(async (path) => {
      const bytes = await Bun.file(path).bytes();
      const name = escaped(path.slice(folder.length + 1, -".png".length));
      return `<figure><img src="data:image/png;base64,${bytes.toBase64()}"><figcaption>${name}</figcaption></figure>`;
    }),
  );
  const page = await browser.newPage({ viewport: { width: 1800, height: 1000 } });
  await page.setContent(`<style>
    body { display: flex; flex-wrap: wrap; align-items: end; gap: 12px; margin: 16px; font: 11px sans-serif; background: #888; }
    figure { margin: 0 } img { display: block; height: 220px; margin-bottom: 4px }
  </style>${figures.join("")}`);
  await page.screenshot({ path: join(folder, "sheet.png"), fullPage: true });
  await page.close();
}

const wanted = process.argv[2] ?? "";
await mkdir(folder, { recursive: true });
if (!wanted) {
  for (const name of await readdir(folder)) await rm(join(folder, name));
}
await using server = await startSampleServer();
await using browser = await launchBrowser();
const paths: string[] = [];
const failures: string[] = [];
for (const screen of screens.filter(({ name }) => name.includes(wanted))) {
  const all = screen.name === "talk" ? [...looks, ...extras] : looks;
  // One that does not come takes no other along.
  const taken = await Promise.allSettled(
    all.map((look) => take(browser, server.url, screen, look)),
  );
  for (const one of taken) {
    if (one.status === "fulfilled") paths.push(one.value);
    else failures.push(`${screen.name}: ${String(one.reason)}`);
  }
}
await takeSheet(browser, paths);
console.log(`${paths.length} pictures and sheet.png in ${folder}`);
if (failures.length > 0) {
  console.error(failures.join("\n"));
  process.exitCode = 1;
}

/** The views in a real browser, for tests: `await using views = await startViews()`, then `views.open(…)` for each test. */
import type { Browser, ElementHandle, Page } from "playwright-core";
import { launchBrowser } from "./browser.ts";
import { startSampleServer } from "./sample-server.ts";
import type { StateName } from "./sample-states.ts";

interface Opening {
  readonly state?: StateName;
  readonly narrow?: boolean;
  readonly touch?: boolean;
  readonly dark?: boolean;
  /** Every word of the catalogue in brackets. */
  readonly pseudo?: boolean;
  /** Whether the page may say that something went wrong: then that is what the test is about. */
  readonly mayFail?: boolean;
}

export interface View extends AsyncDisposable {
  readonly page: Page;
}

export interface Views extends AsyncDisposable {
  /** Opens a page, one at a time of each kind. When it is closed, an error that it met fails the test. */
  open(path: string, opening?: Opening): Promise<View>;
}

/** In this zone it is about two in the afternoon, so that "two hours ago" is today whenever the tests run. No zone is more than 14 hours ahead. */
function afternoonZone(): string {
  const ahead = 14 - new Date().getUTCHours();
  return ahead === 0 ? "UTC" : `Etc/GMT${ahead > 0 ? "-" : "+"}${Math.abs(ahead)}`;
}

interface Tab {
  readonly page: Page;
  readonly errors: string[];
}

async function openTab(browser: Browser, { narrow, touch, dark }: Opening): Promise<Tab> {
  const context = await browser.newContext({
    viewport: narrow ? { width: 390, height: 844 } : { width: 1280, height: 800 },
    colorScheme: dark ? "dark" : "light",
    hasTouch: touch ?? false,
    isMobile: touch ?? false,
    locale: "en-GB",
    timezoneId: afternoonZone(),
    reducedMotion: "reduce",
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(String(error)));
  page.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  return { page, errors };
}

export async function startViews(): Promise<Views> {
  const server = await startSampleServer();
  const browser = await launchBrowser();
  /** One tab for each kind of page: making one takes longer than most tests. */
  const tabs = new Map<string, Promise<Tab>>();
  return {
    async open(path, opening = {}) {
      const { narrow, touch, dark, state = "usual", pseudo, mayFail } = opening;
      const key = JSON.stringify([narrow, touch, dark]);
      const opened = tabs.get(key) ?? openTab(browser, opening);
      tabs.set(key, opened);
      const { page, errors } = await opened;
      const question = new URLSearchParams({ state, ...(pseudo && { pseudo: "" }) });
      await page.goto(`${server.url}${path}?${question}`);
      return {
        page,
        async [Symbol.asyncDispose]() {
          await page.evaluate(() => localStorage.clear());
          const met = errors.splice(0);
          if (met.length > 0 && !mayFail) throw new Error(`the page met ${met.join("\n")}`);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Where an element stands on the screen, to a part of a pixel. */
export async function edgesOf(element: ElementHandle): Promise<DOMRect> {
  return await element.evaluate((node) => (node as Element).getBoundingClientRect().toJSON());
}

/** After the page has painted what it knows now. */
export async function nextFrame(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise((painted) => requestAnimationFrame(() => requestAnimationFrame(painted))),
  );
}

/** What the views called of the model, by name. */
export async function callsOf(page: Page, name: string): Promise<unknown[][]> {
  return await page.evaluate(
    (wanted) => window.sample.calls.filter(([each]) => each === wanted),
    name,
  );
}

import type axeCore from "axe-core";
import { afterAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import { people } from "../../server/test/people.ts";
import { type Screen, screens } from "../../scripts/screen-list.ts";
import { startViews } from "../test/sample-views.ts";

setDefaultTimeout(20_000);

const views = await startViews();
afterAll(() => views[Symbol.asyncDispose]());

/** What people wrote and are called, and addresses, which nobody translates, and what stands for a key or the product. */
const untranslated = /^(Parley|[\d\s:,+%()./·–-]*|Ctrl|⌘|Alt|Shift|Enter|Esc|F6|K|[↑↓?])$/;
const written =
  ".avatar, .person-status, .pane-status, .menu-status, .channel-row-preview, .message-body, .menu-about, .device-address, time, .list-line:not(.list-line-new)";
const names = new Set<string>([...Object.values(people).map(({ name }) => name), "engine-room"]);

const axePath = Bun.resolveSync("axe-core/axe.min.js", import.meta.dir);

/** What axe-core finds on the page as it is, one line each. */
async function faultsOf(page: Page, only?: readonly string[]): Promise<string[]> {
  return await page.evaluate(async (rules) => {
    const { axe } = window as unknown as { axe: typeof axeCore };
    const options = rules ? { runOnly: { type: "rule" as const, values: [...rules] } } : {};
    const { violations } = await axe.run(document, { ...options, resultTypes: ["violations"] });
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`));
  }, only);
}

/** Every word that the page shows or says, but for what people wrote. */
async function wordsOf(page: Page): Promise<string[]> {
  return await page.evaluate((ours) => {
    const words: string[] = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!node.parentElement!.closest(`${ours}, noscript`)) words.push(node.textContent!.trim());
    }
    for (const element of document.querySelectorAll("[aria-label], [title], [placeholder]")) {
      if (element.closest(ours)) continue;
      for (const name of ["aria-label", "title", "placeholder"]) {
        words.push(element.getAttribute(name) ?? "");
      }
    }
    return words;
  }, written);
}

/** Injected past the page's own policy, as a browser's extension would be. */
async function inject(page: Page): Promise<void> {
  await page.evaluate(await Bun.file(axePath).text());
}

/** Well below a test's own limit, so that a screen that does not come fails alone. */
const screenMsMax = 5_000;

/** A page that shows one screen after the other: loading it, and axe-core into it, takes longer than looking at it. */
async function openOnce(opening: { narrow?: boolean; touch?: boolean }): Promise<Page> {
  const { page } = await views.open("/", { ...opening, pseudo: true, mayFail: true });
  page.setDefaultTimeout(screenMsMax);
  await inject(page);
  return page;
}
const wide = await openOnce({});
const narrow = await openOnce({ narrow: true, touch: true });

/** What a screen that failed left open would stand in the way of the next one. */
async function show(page: Page, screen: Screen): Promise<void> {
  try {
    await showOn(page, screen);
  } catch (error) {
    await page.goto(new URL("/?pseudo", page.url()).href);
    await inject(page);
    throw error;
  }
}

async function showOn(page: Page, { path, state, waitFor, act }: Screen): Promise<void> {
  await page.evaluate(
    ([where, what]) => {
      document.documentElement.dataset["theme"] = "light";
      window.showSample(where, what);
    },
    [path, state] as const,
  );
  await page.waitForSelector(waitFor);
  await act?.(page);
}

const named = screens.map((screen) => [screen.name, screen] as const);
/** The account pages are one column of 360 px on every screen. */
const folding = named.filter(
  ([, { state, path }]) =>
    !/^\/(signin|setup|invite|reset|enter)$/.test(path) &&
    !/^(expired|inactive|not set up)$/.test(state),
);

test.each(named)(
  "U3: on %s axe-core finds nothing, light and dark, and every word comes from the catalogue",
  async (_name, screen) => {
    await show(wide, screen);
    const words = await wordsOf(wide);
    expect(
      words.filter((word) => !word.includes("⟦") && !untranslated.test(word) && !names.has(word)),
    ).toEqual([]);
    expect(words.some((word) => word.includes("⟦"))).toBe(true);
    expect(await faultsOf(wide)).toEqual([]);
    await wide.evaluate(() => {
      document.documentElement.dataset["theme"] = "dark";
    });
    expect(await faultsOf(wide, ["color-contrast"])).toEqual([]);
  },
);

test.each(folding)("U3: on %s axe-core finds nothing on a phone either", async (_name, screen) => {
  await show(narrow, screen);
  expect(await faultsOf(narrow)).toEqual([]);
});

test("U3: axe-core would find a button without a name", async () => {
  await show(
    wide,
    screens.find(({ name }) => name === "list")!,
  );
  await wide.evaluate(() => document.body.append(document.createElement("button")));
  expect(await faultsOf(wide)).not.toEqual([]);
});

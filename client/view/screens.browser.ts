import type axeCore from "axe-core";
import { afterAll, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { people } from "../../server/test/people.ts";
import { screens } from "../../scripts/screen-list.ts";
import { startViews } from "../test/sample-views.ts";

const views = await startViews();
afterAll(() => views[Symbol.asyncDispose]());

/** What people wrote and are called, which nobody translates, and what stands for a key or the product. */
const untranslated = /^(Parley|[\d\s:,+%()./·–-]*|Ctrl|⌘|Alt|Shift|Enter|Esc|F6|K|[↑↓?])$/;
const written =
  ".avatar, .channel-row-preview, .message-body, .menu-about, time, .list-line:not(.list-line-new)";
const names = new Set<string>(Object.values(people).map(({ name }) => name));

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

test.each(screens.map((screen) => [screen.name, screen] as const))(
  "U3: on %s axe-core finds nothing, light and dark, and every word comes from the catalogue",
  async (_name, screen) => {
    await using view = await views.open(screen.path, {
      state: screen.state,
      pseudo: true,
      mayFail: true,
    });
    const { page } = view;
    await page.waitForSelector(screen.waitFor);
    await screen.act?.(page);
    const words = await wordsOf(page);
    expect(
      words.filter((word) => !word.includes("⟦") && !untranslated.test(word) && !names.has(word)),
    ).toEqual([]);
    expect(words.some((word) => word.includes("⟦"))).toBe(true);
    await inject(page);
    expect(await faultsOf(page)).toEqual([]);
    await page.evaluate(() => {
      document.documentElement.dataset["theme"] = "dark";
    });
    expect(await faultsOf(page, ["color-contrast"])).toEqual([]);
  },
);

test("U3: axe-core would find a button without a name", async () => {
  await using view = await views.open("/");
  const { page } = view;
  await page.waitForSelector(".channel-row");
  await inject(page);
  await page.evaluate(() => document.body.append(document.createElement("button")));
  expect(await faultsOf(page)).not.toEqual([]);
});

/** The outbox's disk and its tabs in a real browser: IndexedDB and locks, over reloads and crashes. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";

import type { ChannelId, UserId } from "#wire/ids.ts";

import { launchBrowser } from "../test/browser.ts";
import type { Drafts } from "../test/drafts-page.ts";
import type { KeptDraft } from "./draft-store.ts";

setDefaultTimeout(30_000);

let browser: Browser;
let script: string;
let server: Bun.Server<undefined>;

beforeAll(async () => {
  const entry = join(import.meta.dir, "../test/drafts-page.ts");
  const built = await Bun.build({ entrypoints: [entry], target: "browser", format: "esm" });
  script = await built.outputs[0]!.text();
  server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    // As the product's: a module in `assets/`, which knows by its address what it lies beneath.
    fetch: (request) =>
      new URL(request.url).pathname === "/assets/drafts.js"
        ? new Response(script, { headers: { "content-type": "text/javascript" } })
        : new Response('<!doctype html><script type="module" src="/assets/drafts.js"></script>', {
            headers: { "content-type": "text/html" },
          }),
  });
  browser = await launchBrowser();
});
afterAll(async () => {
  await browser.close();
  await server.stop(true);
});

/** A tab of this browser; `before` runs in it before anything else. */
async function openTab(context: BrowserContext, before = ""): Promise<Page> {
  const page = await context.newPage();
  await page.addInitScript(before);
  await page.goto(`http://127.0.0.1:${server.port}/`);
  return page;
}

const draft = (number: number, changes: Partial<KeptDraft> = {}): KeptDraft => ({
  clientMessageId: `00000000-0000-7000-8000-00000000000${number}`,
  channel: 7 as ChannelId,
  user: 1 as UserId,
  body: `draft ${number}`,
  writtenAt: number,
  tab: "first",
  ...changes,
});

const put = (page: Page, ...drafts: KeptDraft[]): Promise<void> =>
  page.evaluate(async (kept) => {
    const { store } = (globalThis as unknown as { drafts: Drafts }).drafts;
    for (const each of kept) await store.put(each);
  }, drafts);

/** Joins the tabs under this name, and takes what no living tab owns. */
const adopt = (page: Page, tab: string): Promise<string[]> =>
  page.evaluate(async (id) => {
    const { store, join: joinTabs, locks } = (globalThis as unknown as { drafts: Drafts }).drafts;
    const joined = joinTabs(id, locks);
    return (await store.adopt(1 as never, id, () => joined.living())).map(({ body }) => body);
  }, tab);

const said = (page: Page): Promise<string[]> =>
  page.evaluate(() => (globalThis as unknown as { drafts: Drafts }).drafts.said);

test("B32: drafts survive the death of their tab, in the order in which they were written, and are found once", async () => {
  await using context = await browser.newContext();
  const first = await openTab(context);
  expect(await adopt(first, "first")).toEqual([]);
  await put(first, draft(2), draft(1), draft(3));
  await first.close();

  const [second, third] = [await openTab(context), await openTab(context)];
  const found = await Promise.all([adopt(second, "second"), adopt(third, "third")]);
  expect(found.flat()).toEqual(["draft 1", "draft 2", "draft 3"]);
});

test("a living tab keeps its drafts, and a reload of it is a death", async () => {
  await using context = await browser.newContext();
  const first = await openTab(context);
  await adopt(first, "first");
  await put(first, draft(1));
  const second = await openTab(context);
  expect(await adopt(second, "second")).toEqual([]);

  await first.reload();
  expect(await adopt(first, "reloaded")).toEqual(["draft 1"]);
});

test("another user's drafts are left where they are", async () => {
  await using context = await browser.newContext();
  const page = await openTab(context);
  await put(page, draft(1), draft(2, { user: 2 as UserId }));
  expect(await adopt(page, "second")).toEqual(["draft 1"]);
});

test("what is stored is forgotten, and what is refused is kept with its code", async () => {
  await using context = await browser.newContext();
  const page = await openTab(context);
  await put(page, draft(1), draft(2));
  const left = await page.evaluate(
    async ([id, refused]) => {
      const { store } = (globalThis as unknown as { drafts: Drafts }).drafts;
      await store.remove(id);
      await store.put(refused);
      return store.adopt(1 as never, "second", async () => () => false);
    },
    [draft(1).clientMessageId, draft(2, { refused: "may_not_write" })] as const,
  );
  expect(left).toEqual([draft(2, { refused: "may_not_write", tab: "second" })]);
});

test("without locks, as on plain http, drafts are found all the same: sending twice is harmless", async () => {
  await using context = await browser.newContext();
  const withoutLocks = "Object.defineProperty(navigator, 'locks', { value: undefined })";
  const first = await openTab(context, withoutLocks);
  await put(first, draft(1));
  const second = await openTab(context, withoutLocks);
  expect(await adopt(second, "second")).toEqual(["draft 1"]);
});

test.each([
  ["there is no IndexedDB", "Object.defineProperty(globalThis, 'indexedDB', { value: undefined })"],
  [
    "it is forbidden",
    "IDBFactory.prototype.open = () => { throw new DOMException('no', 'SecurityError') }",
  ],
])("where %s, nothing is kept, nobody waits, and the log says so", async (_what, before) => {
  await using context = await browser.newContext();
  const page = await openTab(context, before);
  await put(page, draft(1));
  expect(await adopt(page, "second")).toEqual([]);
  expect((await said(page)).join()).toContain("will not survive a reload");
});

import { afterAll, expect, test } from "bun:test";
import { graceTextId } from "../test/sample-model.ts";
import { callsOf, nextFrame, startViews } from "../test/sample-views.ts";

const views = await startViews();
afterAll(() => views[Symbol.asyncDispose]());
const talk = `/c/${graceTextId}`;

test("U1: a line of the list has picture, name, dot, preview, count and time, and says them in words", async () => {
  await using view = await views.open("/");
  const { page } = view;
  const line = (name: string) => page.locator(".channel-row", { hasText: name });
  await line("Linus").waitFor();
  expect(await line("Linus").innerText()).toMatch(
    /^LT\s+Linus Torvalds\s+online\s+\d\d:\d\d\s+It builds\. Talk is cheap, look at the diff\.\s+3\s+3 unread$/,
  );
  expect(await line("Linus").locator(".avatar-dot").count()).toBe(1);
  expect(await line("Alan").locator(".avatar-dot").count()).toBe(0);
  expect(await line("Alan").innerText()).toContain("You: Suppose the tape");
  expect(await line("Margaret").locator(".count").innerText()).toBe("99+");
  const height = await line("Linus").evaluate((node) => node.getBoundingClientRect().height);
  expect(height).toBe(56);
});

test("U1: the order never changes under a pointer: it waits", async () => {
  await using view = await views.open("/");
  const { page } = view;
  const names = () => page.locator(".channel-row-name").allInnerTexts();
  await page.hover(".channel-row >> nth=2");
  const before = await names();
  await page.evaluate(() => {
    const { channels } = window.sample;
    channels.value = channels.value!.toReversed();
  });
  await nextFrame(page);
  expect(await names()).toEqual(before);
  await page.mouse.move(900, 400);
  await page.waitForFunction(
    (first) => document.querySelector(".channel-row-name")?.textContent === first,
    before.at(-1)!,
  );
  expect(await names()).toEqual(before.toReversed());
});

test("U1: the tab's title and icon say how much is unread, and where one is", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  await page.waitForFunction(() => document.title === "(131) Grace Hopper · Parley");
  const icon = () => page.getAttribute("link[rel=icon]", "href");
  expect(await icon()).toContain("favicon-unread");
  await page.evaluate(() => {
    const { channels } = window.sample;
    channels.value = channels.value!.map((line) => ({ ...line, unread: 0 }));
  });
  await page.waitForFunction(() => document.title === "Grace Hopper · Parley");
  expect(await icon()).not.toContain("unread");
});

test("U3: on a narrow page one pane at a time has its own address, and Back leads to the list", async () => {
  await using view = await views.open("/", { narrow: true, touch: true });
  const { page } = view;
  await page.tap("text=Grace Hopper");
  await page.waitForSelector(".message");
  expect(new URL(page.url()).pathname).toBe(talk);
  expect(await page.isVisible(".side")).toBe(false);
  await page.goBack();
  await page.waitForSelector(".channel-row", { state: "visible" });
  expect(await page.isVisible(".main")).toBe(false);
  await page.tap("text=Grace Hopper");
  await page.tap(".pane-back");
  await page.waitForFunction(() => location.pathname === "/");
  await page.waitForFunction(
    () => window.sample.calls.filter(([name]) => name === "closeChannel").length >= 2,
  );
  expect(await callsOf(page, "openChannel")).toHaveLength(2);
  expect(await callsOf(page, "closeChannel")).toHaveLength(2);
});

test("U3: whatever can be pressed is at least 44 pixels high on touch", async () => {
  await using view = await views.open(talk, { narrow: true, touch: true, state: "failed" });
  const { page } = view;
  const small = async () =>
    await page.$$eval("button, a[href], input, textarea", (all) =>
      all
        .filter((each) => each.checkVisibility() && !each.closest(".message-body"))
        .filter((each) => each.getBoundingClientRect().height < 44)
        .map((each) => each.outerHTML),
    );
  await page.waitForSelector(".message-refused");
  expect(await small()).toEqual([]);
  await page.tap(".pane-back");
  await page.tap(".own-button");
  await page.waitForSelector(".menu-item");
  expect(await small()).toEqual([]);
});

test("U3: Ctrl-K finds channels and people, and Enter goes there", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  await page.waitForSelector(".message");
  await page.keyboard.press("Control+k");
  await page.waitForSelector(".switcher-input:focus");
  await page.keyboard.type("eds");
  await page.waitForSelector(".switcher-row >> text=Edsger Dijkstra");
  await page.keyboard.press("Enter");
  await page.waitForFunction(() => location.pathname === "/c/dm-2-9");
  await page.keyboard.press("Control+k");
  await page.waitForSelector(".switcher-row");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".pane-title >> text=Linus Torvalds");
});

test("U3: Esc closes what is open, and focus returns to where it came from", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  await page.waitForSelector(".message");
  const focused = () => page.evaluate(() => document.activeElement?.className);
  await page.focus(".own-button");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".menu-item:focus");
  await page.keyboard.press("Escape");
  expect(await focused()).toBe("own-button");
  await page.keyboard.press("?");
  await page.waitForSelector("dialog[open]");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
  expect(await focused()).toBe("own-button");
});

test("U3: Alt with the arrows goes from channel to channel, F6 from region to region", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  await page.waitForSelector(".message");
  await page.keyboard.press("Alt+ArrowDown");
  await page.waitForSelector(".pane-title >> text=Linus");
  await page.keyboard.press("Alt+ArrowDown");
  await page.keyboard.press("Alt+Shift+ArrowUp");
  await page.waitForSelector(".pane-title >> text=Linus");

  await page.waitForSelector(".message");
  const regions: unknown[] = [];
  for (let turns = 0; turns < 4; turns += 1) {
    await page.keyboard.press("F6");
    regions.push(
      await page.evaluate(
        () => document.activeElement?.closest<HTMLElement>("[data-region]")?.dataset["region"],
      ),
    );
  }
  expect(new Set(regions)).toEqual(new Set(["composer", "list", "main", "messages"]));
});

test("U3: the list's width is dragged or moved by keys, has its limits, and is remembered", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  const becomes = (width: number) =>
    page.waitForFunction(
      (wanted) => document.querySelector(".side")?.getBoundingClientRect().width === wanted,
      width,
    );
  await page.waitForSelector(".resizer");
  await becomes(288);
  await page.mouse.move(288, 400);
  await page.mouse.down();
  await page.mouse.move(348, 400);
  await page.mouse.up();
  await becomes(348);
  await page.focus(".resizer");
  await page.keyboard.press("ArrowRight");
  await becomes(364);
  await page.keyboard.press("End");
  await becomes(400);
  await page.reload();
  await page.waitForSelector(".side");
  await becomes(400);
});

test("U3: the theme is chosen in one's own menu, and is there before the first paint after a reload", async () => {
  await using view = await views.open("/", { mayFail: true });
  const { page } = view;
  await page.click(".own-button");
  await page.click("text=Dark");
  const shown = () => page.evaluate(() => document.documentElement.dataset["theme"]);
  expect(await shown()).toBe("dark");
  await page.route("**/sample-page-*", (route) => route.abort());
  await page.reload();
  expect(await shown()).toBe("dark");
  await page.unroute("**/sample-page-*");
});

test("U3: a channel that crashes takes neither the list nor the page with it", async () => {
  await using view = await views.open(talk, { state: "crashed", mayFail: true });
  const { page } = view;
  await page.waitForSelector("text=This part of the page has crashed.");
  await page.click("text=Linus Torvalds");
  await page.waitForSelector(".message");
  expect(await page.locator("text=has crashed").count()).toBe(0);
});

test("U3: what somebody else says is announced politely, and more than three at once as a number", async () => {
  await using view = await views.open("/people");
  const { page } = view;
  await page.waitForSelector(".person-row");
  const said = (words: string) =>
    page.waitForFunction(
      (wanted) => document.querySelector("[aria-live=polite]")?.textContent === wanted,
      words,
    );
  await page.evaluate(() => window.sample.hear("lunch?"));
  await said("Grace Hopper: lunch?");
  await page.evaluate(() => ["1", "2", "3", "4", "5"].forEach((body) => window.sample.hear(body)));
  await said("5 new messages");
  expect(await page.locator("[aria-live]").count()).toBe(1);
});

test("U3: one dialog gives way to another, which stays", async () => {
  await using view = await views.open("/");
  const { page } = view;
  await page.waitForSelector(".channel-row");
  await page.keyboard.press("?");
  const help = await page.waitForSelector(".help");
  // The event of the one that goes comes a task later: it is heard before anything is looked at.
  await help.evaluate((node) => {
    const closing = new Promise((resolve) =>
      node.closest("dialog")!.addEventListener("close", resolve),
    );
    Object.assign(window, { closing });
  });
  await page.keyboard.press("Control+k");
  await page.evaluate(() =>
    (window as unknown as { closing: Promise<Event> }).closing.then(() => 0),
  );
  await nextFrame(page);
  expect(await page.locator(".switcher-input:focus").count()).toBe(1);
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
});

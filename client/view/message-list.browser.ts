import { afterAll, expect, test } from "bun:test";
import { graceTextId } from "../test/sample-model.ts";
import { callsOf, edgesOf, nextFrame, startViews } from "../test/sample-views.ts";

const views = await startViews();
afterAll(() => views[Symbol.asyncDispose]());
const talk = `/c/${graceTextId}`;

test("U2: what one person says within five minutes of a day is one group", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  await page.waitForSelector(".message");
  const rows = await page.$$eval(".message-list li", (all) =>
    all.map(
      (row) =>
        row.querySelector(".message-author")?.textContent ??
        (row.className.includes("list-line") ? "line" : ""),
    ),
  );
  expect(rows).toEqual([
    "line",
    ...["Grace Hopper", "Ada Lovelace", "Grace Hopper", "", "Ada Lovelace"],
    "line",
    ...["Ada Lovelace", "Grace Hopper", "", "Ada Lovelace", "", "Grace Hopper", "Ada Lovelace"],
  ]);
});

test("U2: a channel opens at the New line, which stays where it is while more comes in", async () => {
  await using view = await views.open(talk, { state: "new" });
  const { page } = view;
  const line = await page.waitForSelector("[data-new]");
  const list = (await page.$(".message-list"))!;
  const [before, around] = [await edgesOf(line), await edgesOf(list)];
  expect(before.top).toBeGreaterThan(around.top);
  expect(before.top).toBeLessThan(around.top + around.height / 2);
  expect(await line.evaluate((node) => node.nextElementSibling?.textContent)).toContain("(36)");
  await page.evaluate(() => window.sample.hear("Are you there?"));
  await page.waitForSelector("text=Are you there?", { state: "attached" });
  expect((await edgesOf(line)).top).toBeCloseTo(before.top, 0);
});

test("U2: the end is followed within 80 px of it, and otherwise a pill counts what is new", async () => {
  await using view = await views.open(talk, { state: "history" });
  const { page } = view;
  await page.waitForSelector(".message");
  const fromEnd = () =>
    page.$eval(".message-list", (list) => list.scrollHeight - list.clientHeight - list.scrollTop);
  await page.evaluate(() => window.sample.hear("Do you follow?"));
  await page.waitForSelector("text=Do you follow?");
  expect(await fromEnd()).toBeLessThan(1);

  await page.$eval(".message-list", (list) => list.scrollBy(0, -400));
  await nextFrame(page);
  await page.evaluate(() => ["One", "Two", "Three"].forEach((body) => window.sample.hear(body)));
  const pill = await page.waitForSelector(".new-pill .button");
  expect(await pill.innerText()).toBe("3 new messages");
  expect(await fromEnd()).toBeGreaterThan(400);
  await pill.click();
  await page.waitForSelector(".new-pill", { state: "detached" });
  expect(await fromEnd()).toBeLessThan(1);
});

test("U2: Esc says that one has seen it all", async () => {
  await using view = await views.open(talk, { state: "new" });
  const { page } = view;
  await page.waitForSelector(".new-pill .button");
  await page.focus(".composer-input");
  await page.keyboard.press("Escape");
  await page.waitForSelector(".new-pill", { state: "detached" });
  expect((await callsOf(page, "saw")).at(-1)![2]).toBe(60);
});

test("U2: read is only what was on the screen of a window that somebody looks at", async () => {
  await using view = await views.open(talk, { state: "new" });
  const { page } = view;
  await page.waitForSelector("[data-new]");
  await nextFrame(page);
  const seen = (await callsOf(page, "saw")).at(-1)!;
  expect(seen[2]).toBeGreaterThan(33);
  expect(seen[2]).toBeLessThan(60);

  await page.evaluate(() => {
    document.hasFocus = () => false;
  });
  await page.$eval(".message-list", (list) => list.scrollTo(0, list.scrollHeight));
  await nextFrame(page);
  expect((await callsOf(page, "saw")).at(-1)).toEqual(seen);
  await page.evaluate(() => {
    document.hasFocus = () => true;
    dispatchEvent(new Event("focus"));
  });
  expect((await callsOf(page, "saw")).at(-1)![2]).toBe(60);
});

test("M10: pages that come in front move the first visible row by at most one pixel", async () => {
  await using view = await views.open(talk, { state: "history" });
  const { page } = view;
  await page.waitForSelector(".message");
  for (let pages = 0; pages < 9; pages += 1) {
    const moved = await page.evaluate(async () => {
      const list = document.querySelector(".message-list")!;
      const frame = () => new Promise((painted) => requestAnimationFrame(painted));
      list.scrollTop = 200;
      const top = list.getBoundingClientRect().top;
      const first = Array.from(list.querySelectorAll<HTMLElement>("[data-key]")).find(
        (row) => row.getBoundingClientRect().bottom > top,
      )!;
      const key = first.dataset["key"]!;
      const before = first.getBoundingClientRect().top;
      for (let frames = 0; frames < 4; frames += 1) await frame();
      const after = list.querySelector(`[data-key="${key}"]`)!.getBoundingClientRect().top;
      return Math.abs(after - before);
    });
    expect(moved).toBeLessThanOrEqual(1);
  }
  await page.$eval(".message-list", (list) => list.scrollTo(0, 0));
  await page.waitForSelector(".list-start:has-text('began')");
  expect(await page.locator(".message").first().innerText()).toContain("(1)");
});

test("M10: of five hundred messages two hundred stand in the page, and the way back leads to the newest", async () => {
  await using view = await views.open(talk, { state: "history" });
  const { page } = view;
  await page.waitForSelector(".message");
  const rowsAtMost = await page.evaluate(async () => {
    const list = document.querySelector(".message-list")!;
    const frame = () => new Promise((painted) => requestAnimationFrame(painted));
    let most = 0;
    for (let turns = 0; turns < 200 && !list.textContent.includes("began"); turns += 1) {
      list.scrollTop = 0;
      await frame();
      most = Math.max(most, list.querySelectorAll("[data-key]").length);
    }
    return most;
  });
  expect(rowsAtMost).toBe(200);
  const last = await page.evaluate(async () => {
    const list = document.querySelector(".message-list")!;
    const frame = () => new Promise((painted) => requestAnimationFrame(painted));
    const text = () => Array.from(list.querySelectorAll(".message")).at(-1)!.textContent;
    for (let turns = 0; turns < 200 && !text().includes("(500)"); turns += 1) {
      list.scrollTop = list.scrollHeight;
      await frame();
    }
    return text();
  });
  expect(last).toContain("(500)");
});

test("U2: links are links, emoji alone are large, what is long is folded, and nothing runs over", async () => {
  await using view = await views.open(talk, { state: "unusual", narrow: true });
  const { page } = view;
  await page.waitForSelector(".message");
  expect(
    await page.$$eval(".message-body a", (all) => all.map((link) => link.getAttribute("href"))),
  ).toEqual(["https://example.org/wiki/Relay_(electronic)", "https://example.org/a?b=c"]);
  expect(await page.$eval(".message-emoji", (node) => getComputedStyle(node).fontSize)).toBe(
    "28px",
  );
  const folded = (await page.$(".message-folded"))!;
  const height = (await edgesOf(folded)).height;
  expect(height).toBe(24 * 24);
  await page.click("text=Show all");
  expect((await edgesOf(folded)).height).toBe(40 * 24);
  expect(await page.$eval(".message-list", (list) => list.scrollWidth - list.clientWidth)).toBe(0);
  const arabic = page.locator(".message-body", { hasText: "مرحبا" });
  expect(await arabic.evaluate((node) => getComputedStyle(node).direction)).toBe("rtl");
});

test("U3: the messages are one tab stop, with arrows inside", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  await page.waitForSelector(".message");
  expect(await page.locator(".message[tabindex='0']").count()).toBe(1);
  await page.locator(".message[tabindex='0']").focus();
  const focused = () => page.evaluate(() => document.activeElement?.textContent);
  expect(await focused()).toContain("Bring the jar");
  await page.keyboard.press("ArrowUp");
  expect(await focused()).toContain("Soup.");
  await page.keyboard.press("Home");
  expect(await focused()).toContain("Relay 70");
  expect(await page.locator(".message[tabindex='0']").count()).toBe(1);
  await page.keyboard.press("Escape");
  expect(await page.evaluate(() => document.activeElement?.tagName)).toBe("TEXTAREA");
});

test("T1: who is writing is said in a line whose place is always kept", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  const line = await page.waitForSelector(".typing-line", { state: "attached" });
  await page.waitForSelector(".message");
  const typing = (...names: string[]) =>
    page.evaluate((all) => {
      const { pane } = window.sample;
      if (typeof pane.value !== "object") return;
      const people = all.map((name, at) => ({ id: at as never, name }));
      pane.value = { ...pane.value, typing: people };
    }, names);
  const height = (await edgesOf(line)).height;
  for (const [names, words] of [
    [["Grace"], "Grace is typing"],
    [["Grace", "Linus"], "Grace and Linus are typing"],
    [["Grace", "Linus", "Alan"], "Several people are typing"],
    [[], ""],
  ] as const) {
    await typing(...names);
    await nextFrame(page);
    expect(await line.textContent()).toBe(words);
    expect((await edgesOf(line)).height).toBe(height);
  }
});

test("U2: what is written in another direction is read in its own, and stands at the side where all rows begin", async () => {
  await using view = await views.open(talk, { state: "unusual" });
  const { page } = view;
  await page.waitForSelector(".message");
  const sides = () =>
    page.$$eval(".message-body", (bodies) =>
      bodies.slice(-6).map((body) => {
        const { direction, textAlign } = getComputedStyle(body);
        return `${direction} ${textAlign}`;
      }),
    );
  expect(new Set(await sides())).toEqual(new Set(["ltr left", "rtl left"]));
  await page.evaluate(() => (document.documentElement.dir = "rtl"));
  expect(new Set(await sides())).toEqual(new Set(["ltr right", "rtl right"]));
});

test("T5: in a group the ticks open who has a message and since when, by hand and by key, and focus returns", async () => {
  await using view = await views.open(talk, { state: "ticks" });
  const { page } = view;
  await page.waitForSelector(".message");
  await page.locator(".ticks-button").last().click();
  await page.waitForSelector(".receipt");
  const shown = await page.$$eval(".receipts section", (all) =>
    all.map((section) => [
      section.querySelector("h3")!.textContent,
      Array.from(section.querySelectorAll(".receipt-name"), (name) => name.textContent),
    ]),
  );
  expect(shown).toEqual([
    ["Read 2", ["Grace Hopper", "Katherine Johnson"]],
    ["Delivered, not read yet 1", ["Linus Torvalds"]],
    ["Not delivered yet 1", ["Radia Perlman"]],
  ]);
  await page.keyboard.press("Escape");
  await page.waitForSelector(".receipt", { state: "detached" });

  const own = page.locator(".message", { has: page.locator(".ticks-button") }).last();
  await own.focus();
  await page.keyboard.press("Enter");
  await page.waitForSelector(".receipt");
  await page.keyboard.press("Escape");
  await page.waitForSelector(".receipt", { state: "detached" });
  expect(await own.evaluate((row) => row === document.activeElement)).toBe(true);
  const asked = await callsOf(page, "receipts");
  expect(asked).toHaveLength(2);
  expect(asked[0]).toEqual(asked[1]);
});

test("T5 M12: a tick has a word for each step, and outside of groups it is no button", async () => {
  await using group = await views.open(talk, { state: "ticks" });
  await group.page.waitForSelector(".message");
  const words = (page: typeof group.page) =>
    page.$$eval(".ticks svg", (all) => all.map((icon) => icon.getAttribute("aria-label")));
  const all = await words(group.page);
  expect(new Set(all)).toEqual(new Set(["Stored", "Read"]));
  await using direct = await views.open(talk);
  await direct.page.waitForSelector(".message");
  expect(await direct.page.locator(".ticks-button").count()).toBe(0);
});

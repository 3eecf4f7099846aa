import { afterAll, expect, test } from "bun:test";
import { limits } from "#wire/limits.ts";
import { graceTextId } from "../test/sample-model.ts";
import { callsOf, edgesOf, nextFrame, startViews } from "../test/sample-views.ts";

const views = await startViews();
afterAll(() => views[Symbol.asyncDispose]());
const talk = `/c/${graceTextId}`;
const input = ".composer-input";

test("U4: what one sends stands there in the next frame, has a clock after 300 ms, and becomes a tick in the same row", async () => {
  await using view = await views.open(talk, { narrow: true });
  const { page } = view;
  await page.waitForSelector(".message");
  await page.fill(input, "On my way.");
  const sent = await page.evaluateHandle(async () => {
    const press = new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true });
    document.querySelector(".composer-input")!.dispatchEvent(press);
    await new Promise((painted) => requestAnimationFrame(painted));
    const row = Array.from(document.querySelectorAll<HTMLElement>(".message")).at(-1)!;
    // As it is in that frame: a slow machine asks later than 300 ms.
    return { row, words: row.innerText, hasClock: row.querySelector("[data-icon=clock]") !== null };
  });
  expect(await sent.evaluate(({ words }) => words)).toContain("On my way.");
  expect(await sent.evaluate(({ hasClock }) => hasClock)).toBe(false);
  const row = (await sent.getProperty("row")).asElement()!;
  const { width } = await edgesOf((await row.$(".message-body"))!);
  await page.waitForSelector("[data-icon=clock]");
  await page.evaluate(() => window.sample.store());
  await row.waitForSelector("[data-icon=check]");
  expect(await row.evaluate((node) => node.isConnected)).toBe(true);
  expect((await edgesOf((await row.$(".message-body"))!)).width).toBe(width);
  expect(await page.inputValue(input)).toBe("");
});

test("U4: what was not stored says so, with Retry and Delete", async () => {
  await using view = await views.open(talk, { state: "failed" });
  const { page } = view;
  const first = await page.waitForSelector(".message-refused");
  expect(await first.innerText()).toContain("Not sent.");
  await page.getByRole("button", { name: "Retry" }).first().click();
  expect(await callsOf(page, "retry")).toEqual([["retry", "message-21"]]);
  await page.getByRole("button", { name: "Delete" }).last().click();
  expect(await callsOf(page, "discard")).toEqual([["discard", "message-22"]]);
  await page.waitForSelector("text=With the jar.", { state: "detached" });
});

test("U4: Enter sends and Shift+Enter breaks the line; an empty message goes nowhere", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  await page.focus(input);
  await page.keyboard.press("Enter");
  await page.keyboard.type("  ");
  await page.keyboard.press("Enter");
  await page.fill(input, "");
  await page.keyboard.type("one");
  await page.keyboard.press("Shift+Enter");
  await page.keyboard.type("two");
  await page.keyboard.press("Enter");
  expect(await callsOf(page, "say")).toEqual([["say", "one\ntwo"]]);
});

test("U4: on touch Enter breaks the line, and the button sends", async () => {
  await using view = await views.open(talk, { narrow: true, touch: true });
  const { page } = view;
  await page.tap(input);
  await page.keyboard.type("one");
  await page.keyboard.press("Enter");
  await page.keyboard.type("two");
  expect(await callsOf(page, "say")).toEqual([]);
  await page.tap(".composer-send");
  expect(await callsOf(page, "say")).toEqual([["say", "one\ntwo"]]);
});

test("U4: a word that is still being composed is not sent by the Enter that ends it", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  await page.fill(input, "数値");
  await page.$eval(input, (node) =>
    node.dispatchEvent(
      new KeyboardEvent("keydown", { key: "Enter", bubbles: true, isComposing: true }),
    ),
  );
  expect(await callsOf(page, "say")).toEqual([]);
});

test("U4: over the limit the excess is counted, nothing is cut and nothing is sent", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  const longest = "🦋".repeat(limits.bodyCharsMax);
  await page.fill(input, `${longest}ab`);
  const excess = await page.waitForSelector(".composer-excess");
  expect(await excess.innerText()).toBe("2 characters over the limit of 4,000.");
  await page.press(input, "Enter");
  expect(await callsOf(page, "say")).toEqual([]);
  expect(await page.inputValue(input)).toBe(`${longest}ab`);
  await page.fill(input, longest);
  await page.press(input, "Enter");
  expect(await callsOf(page, "say")).toEqual([["say", longest]]);
});

test("U2: the composer grows from one line to eight, and the end of the list stays in sight", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  await page.waitForSelector(".message");
  const height = async () => (await edgesOf((await page.$(input))!)).height;
  const one = await height();
  await page.fill(input, Array.from({ length: 8 }, (_, at) => `${at}`).join("\n"));
  const eight = await height();
  await page.fill(input, Array.from({ length: 40 }, (_, at) => `${at}`).join("\n"));
  expect(await height()).toBe(eight);
  expect(eight - one).toBe(7 * 22);
  await nextFrame(page);
  const left = await page.$eval(
    ".message-list",
    (list) => list.scrollHeight - list.clientHeight - list.scrollTop,
  );
  expect(left).toBeLessThan(1);
});

test("U2: whoever looks just when the composer grows keeps the end of the list in sight", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  await page.waitForSelector(".message");
  await nextFrame(page);
  const left = await page.evaluate(async (selector) => {
    const list = document.querySelector(".message-list")!;
    const composer = document.querySelector<HTMLTextAreaElement>(selector)!;
    composer.value = "1\n2\n3\n4\n5\n6\n7\n8";
    composer.dispatchEvent(new InputEvent("input", { bubbles: true }));
    await Promise.resolve(); // It is rendered, and nothing was measured yet.
    dispatchEvent(new Event("focus"));
    await new Promise(requestAnimationFrame);
    await new Promise(requestAnimationFrame);
    return list.scrollHeight - list.clientHeight - list.scrollTop;
  }, input);
  expect(left).toBeLessThan(1);
});

test("T1: every keystroke is told, and an empty composer is nobody's typing", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  await page.focus(input);
  await page.keyboard.type("abc");
  expect(await callsOf(page, "types")).toHaveLength(3);
  await page.fill(input, "");
  expect(await callsOf(page, "types")).toHaveLength(3);
});

test("U2: each channel keeps its own draft", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  await page.fill(input, "for Grace");
  await page.click("text=Linus Torvalds");
  await page.waitForSelector(`${input}[aria-label*=Linus]`);
  expect(await page.inputValue(input)).toBe("");
  await page.fill(input, "for Linus");
  await page.click("text=Grace Hopper");
  await page.waitForSelector(`${input}[aria-label*=Grace]`);
  expect(await page.inputValue(input)).toBe("for Grace");
});

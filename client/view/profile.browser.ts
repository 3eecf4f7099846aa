/** What one says of oneself and how one is shown: the dialog and the page around the sample model, then two people on a whole server. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import { people } from "../../server/test/people.ts";
import { says, shows } from "../test/conversation.ts";
import { callsOf, startViews } from "../test/sample-views.ts";
import { type Device, Stage } from "../test/stage.ts";

setDefaultTimeout(30_000);

const views = await startViews();
let stage: Stage;
let ada: Device;
let grace: Device;

beforeAll(async () => {
  stage = await Stage.open();
  await stage.invite(people.grace);
  ada = await stage.device(people.ada);
  grace = await stage.device(people.grace);
});
afterAll(async () => {
  await views[Symbol.asyncDispose]();
  await stage[Symbol.asyncDispose]();
});

async function openMenu(page: Page): Promise<void> {
  await page.click(".own-button");
  await page.getByRole("menuitem", { name: "Set a status…" }).waitFor();
}

async function openDialog(page: Page): Promise<void> {
  await openMenu(page);
  await page.getByRole("menuitem", { name: "Set a status…" }).click();
  await page.waitForSelector("dialog input:focus");
}

const focused = (page: Page) => page.evaluate(() => document.activeElement?.className);

test("B12: a status is written from one's own menu, Enter saves it, and focus returns", async () => {
  await using view = await views.open("/");
  const { page } = view;
  await openDialog(page);
  expect(await page.getByRole("button", { name: "Clear status" }).count()).toBe(0);
  await page.keyboard.type("At the engine");
  await page.getByLabel("Clear after").selectOption("1 hour");
  const before = Date.now();
  await page.getByLabel("What you are doing").press("Enter");
  await page.waitForSelector("dialog", { state: "detached" });
  expect(await focused(page)).toBe("own-button");
  const [[, text, until]] = (await callsOf(page, "setStatus")) as [[string, string, number]];
  expect(text).toBe("At the engine");
  expect(Math.abs(until - before - 3_600_000)).toBeLessThan(30_000);
  await openMenu(page);
  await page.locator(".menu-status", { hasText: "At the engine" }).waitFor();
});

test("B12: Esc leaves everything as it was, and what is refused says so while the text stays", async () => {
  await using view = await views.open("/", { state: "with a status" });
  const { page } = view;
  await openDialog(page);
  const input = page.getByLabel("What you are doing");
  expect(await input.inputValue()).toBe("Punching cards until noon");
  await page.keyboard.press("Escape");
  await page.waitForSelector("dialog", { state: "detached" });
  expect(await focused(page)).toBe("own-button");

  await openDialog(page);
  await input.fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("alert").getByText("A status has 1 to 80 characters").waitFor();
  // Code points: a family is seven of them, however many units it takes.
  await input.fill("👩‍👩‍👧‍👦".repeat(11));
  expect(await input.getAttribute("aria-invalid")).toBeNull();
  await input.fill("👩‍👩‍👧‍👦".repeat(12));
  await page.getByText("4 characters over the limit of 80.").waitFor();
  expect(await input.getAttribute("aria-invalid")).toBe("true");
  await page.getByRole("button", { name: "Save" }).click();
  expect(await callsOf(page, "setStatus")).toHaveLength(1);
  expect(await input.inputValue()).toBe("👩‍👩‍👧‍👦".repeat(12));
});

test("B12: a status that has an end keeps it unless one chooses another, and can be cleared", async () => {
  await using view = await views.open("/", { state: "with a status" });
  const { page } = view;
  const until = await page.evaluate(() => window.sample.profile.value.status!.until);
  await openDialog(page);
  await page.getByLabel("What you are doing").fill("Reading");
  await page.getByRole("button", { name: "Save" }).click();
  await page.waitForSelector("dialog", { state: "detached" });
  expect(await callsOf(page, "setStatus")).toEqual([["setStatus", "Reading", until]]);
  await openDialog(page);
  await page.getByRole("button", { name: "Clear status" }).click();
  await page.waitForSelector("dialog", { state: "detached" });
  expect(await callsOf(page, "clearStatus")).toHaveLength(1);
});

test("B38: how one is shown is one choice of three, and stays where it was when it is refused", async () => {
  {
    await using view = await views.open("/");
    const { page } = view;
    await openMenu(page);
    await page.getByRole("menuitemradio", { name: "Offline" }).click();
    await page.getByRole("menuitemradio", { name: "Offline", checked: true }).waitFor();
    await page.getByRole("menuitemradio", { name: "Online", checked: false }).waitFor();
  }
  await using view = await views.open("/", { state: "profile refused" });
  const { page } = view;
  await openMenu(page);
  await page.getByRole("menuitemradio", { name: "Away" }).click();
  await page.getByRole("alert").getByText("The server cannot be reached.").waitFor();
  await page.getByRole("menuitemradio", { name: "Online", checked: true }).waitFor();
});

test("B38: the Privacy page is reached from one's own menu, and its switches answer to the keyboard", async () => {
  await using view = await views.open("/");
  const { page } = view;
  await openMenu(page);
  await page.getByRole("menuitem", { name: "Privacy" }).click();
  const writing = page.getByRole("switch", { name: "Others see when I write" });
  await writing.waitFor();
  expect(new URL(page.url()).pathname).toBe("/privacy");
  await page.waitForFunction(() => document.title.includes("Privacy"));
  await writing.press("Space");
  await page.getByRole("switch", { name: "Others see when I write", checked: false }).waitFor();
  await page.getByRole("switch", { name: "Others see what I have read" }).press("Enter");
  await page.getByRole("switch", { name: "Others see what I have read", checked: false }).waitFor();
  const last = (await callsOf(page, "setShown")).at(-1);
  expect(last).toEqual(["setShown", { as: "here", typing: false, receipts: false }]);
});

test("P6 B12: the dot is filled for who is here, a ring for who is away, and words say the same", async () => {
  await using view = await views.open("/");
  const { page } = view;
  const line = (name: string) => page.locator(".channel-row", { hasText: name });
  await line("Grace").locator(".avatar-dot [data-is=here]").waitFor();
  await line("Katherine Johnson").locator(".avatar-dot [data-is=away]").waitFor();
  expect(await line("Grace").innerText()).toContain("online");
  expect(await line("Katherine Johnson").innerText()).toContain("away");
  expect(await line("Alan").locator(".dot").count()).toBe(0);
  expect(await line("Alan").innerText()).toContain("last seen");
  const fill = (name: string) =>
    line(name)
      .locator(".dot")
      .evaluate((dot) => getComputedStyle(dot).backgroundColor);
  expect(await fill("Grace")).not.toBe(await fill("Katherine Johnson"));
});

test("W9: the header of a large channel says how many of its members are online", async () => {
  await using view = await views.open("/c/group-1794476520000-7000800000000000a001", {
    state: "large group",
  });
  await view.page.getByText("1,204 members · 312 online").waitFor();
});

/** Ada and Grace in their direct channel, on the server. */
async function meet(): Promise<void> {
  await ada.page.goto(`${stage.url}/people`);
  await ada.page.locator(".person-row", { hasText: "Grace Hopper" }).click();
  await ada.page.waitForURL(/\/c\/dm-1-2$/);
  await says(ada.page, "hello");
  await grace.page.locator(".channel-row", { hasText: "Ada Lovelace" }).click();
  await shows(grace.page, ["hello"]);
}

test("B12: on a server, what one says of oneself stands in the other's header at once, and goes again", async () => {
  await meet();
  await openDialog(grace.page);
  await grace.page.keyboard.type("At the compiler");
  await grace.page.keyboard.press("Enter");
  await ada.page.locator(".pane-status", { hasText: "At the compiler" }).waitFor();
  await ada.page.reload();
  await ada.page.locator(".pane-status", { hasText: "At the compiler" }).waitFor();
  await openDialog(grace.page);
  await grace.page.getByRole("button", { name: "Clear status" }).click();
  await ada.page.locator(".pane-status").waitFor({ state: "detached" });
  await ada.page.locator(".pane-line", { hasText: "online" }).waitFor();
});

test("B38 P6: on a server, who wants to be away or offline is shown so", async () => {
  const dot = ada.page.locator(".channel-row", { hasText: "Grace Hopper" }).locator(".dot");
  await openMenu(grace.page);
  await grace.page.getByRole("menuitemradio", { name: "Away" }).click();
  await ada.page.locator(".pane-line", { hasText: "away" }).waitFor();
  expect(await dot.getAttribute("data-is")).toBe("away");
  await grace.page.getByRole("menuitemradio", { name: "Offline" }).click();
  await dot.waitFor({ state: "detached" });
  await grace.page.getByRole("menuitemradio", { name: "Online" }).click();
  await ada.page.locator(".pane-line", { hasText: "online" }).waitFor();
  await grace.page.keyboard.press("Escape");
});

test("B12 P6: on a server, who has not touched their page for ten minutes is away, until they touch it", async () => {
  await stage.invite(people.linus);
  const linus = await stage.device(people.linus, { hasClock: true });
  await linus.page.locator(".own-button").waitFor();
  await ada.page.goto(`${stage.url}/people`);
  const row = ada.page.locator(".person-row", { hasText: "Linus Torvalds" });
  await row.getByText("online").waitFor();
  await linus.page.clock.fastForward(600_000);
  await row.getByText("away").waitFor();
  await linus.page.mouse.move(200, 200);
  await row.getByText("online").waitFor();
  expect(linus.complaints).toEqual([]);
  await linus.context.close();
  await ada.page.goBack();
});

/** Resolves when the newest own message of the page is so far. */
async function ticks(page: Page, label: "Delivered" | "Read"): Promise<void> {
  await page.waitForFunction(
    (wanted) =>
      [...document.querySelectorAll(".message .ticks svg")].at(-1)?.getAttribute("aria-label") ===
      wanted,
    label,
  );
}

test("B38: on a server, who hides what they have read neither shows it nor sees it", async () => {
  await ticks(ada.page, "Read");
  await openMenu(grace.page);
  await grace.page.getByRole("menuitem", { name: "Privacy" }).click();
  await grace.page.getByRole("switch", { name: "Others see what I have read" }).click();
  await grace.page
    .getByRole("switch", { name: "Others see what I have read", checked: false })
    .waitFor();
  await grace.page.locator(".channel-row", { hasText: "Ada Lovelace" }).click();
  await says(ada.page, "have you read this");
  await shows(grace.page, ["hello", "have you read this"]);
  await says(grace.page, "I have");
  await shows(ada.page, ["hello", "have you read this", "I have"]);
  await ticks(ada.page, "Delivered");
  // Ada has it on her screen, and says so to everybody.
  await ticks(grace.page, "Delivered");
  await grace.page.getByRole("button", { name: "Grace Hopper" }).click();
  await grace.page.getByRole("menuitem", { name: "Privacy" }).click();
  await grace.page.getByRole("switch", { name: "Others see what I have read" }).click();
  await grace.page.locator(".channel-row", { hasText: "Ada Lovelace" }).click();
  await ticks(grace.page, "Read");
});

test("B12 B38: none of the pages complained of an error", () => {
  expect([...ada.complaints, ...grace.complaints]).toEqual([]);
});

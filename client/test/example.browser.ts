/** The first five minutes of an owner, in two browsers on a whole server: the example loaded, lived in and removed. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import { names } from "../../server/demo/names.ts";
import { people } from "../../server/test/people.ts";
import { says, shows } from "./conversation.ts";
import { type Device, Stage } from "./stage.ts";

setDefaultTimeout(30_000);

let stage: Stage;
let ada: Device;
let grace: Device;

beforeAll(async () => {
  stage = await Stage.open();
  ada = await stage.device(people.ada);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const line = (page: Page, name: string) =>
  page.locator(".channel-row", { has: page.locator(".channel-row-name", { hasText: name }) });

test("B37: an empty Parley says what to do, and one click fills the list", async () => {
  const { page } = ada;
  await page.getByText("No one here yet.").waitFor();
  await page.getByRole("link", { name: "Invite people" }).waitFor();
  await page.getByRole("button", { name: "New group" }).waitFor();
  await page.getByRole("button", { name: "Load an example" }).click();
  for (const name of ["engine-room", "lobby", "lunch", "reading group", "release 1.4"]) {
    await line(page, name).waitFor();
  }
  await line(page, "engine-room").getByText("6 unread").waitFor();
  await page.waitForFunction(() => document.title.startsWith("(14) Example"));
  expect(new URL(page.url()).pathname).toBe("/example");
  await page.locator(".example-person").nth(6).waitFor();
});

test("B37: a sign-in link works in another browser, for a person of the example, once", async () => {
  const { page } = ada;
  await page.getByRole("button", { name: `Sign-in link for ${names.grace}` }).click();
  const link = await page.getByLabel("Open this in a private window").inputValue();
  grace = await stage.stranger();
  await grace.page.goto(link);
  await grace.page.getByRole("button", { name: "Sign in" }).click();
  await grace.page.getByRole("button", { name: names.grace }).waitFor();
  expect(new URL(grace.page.url()).pathname).toBe("/");
  expect(grace.page.url()).not.toContain("code");
  await line(grace.page, names.linus).waitFor();

  const late = await stage.stranger();
  await late.page.goto(link);
  await late.page.getByRole("button", { name: "Sign in" }).click();
  await late.page.getByText("This link is no longer valid").waitFor();
  await late.context.close();
});

test("B37: whoever is signed in is told who they are before they become somebody else", async () => {
  const { page } = ada;
  await page.getByRole("button", { name: `Sign-in link for ${names.alan}` }).click();
  const links = page.getByLabel("Open this in a private window");
  await links.nth(1).waitFor();
  const link = await links.nth(1).inputValue();
  const tab = await ada.context.newPage();
  await tab.goto(link);
  await tab.getByText("In this browser you are Ada Lovelace").waitFor();
  await tab.close();
});

test("B37 M1: the owner and a person of the example talk, and the history is theirs to read", async () => {
  await line(ada.page, names.grace).click();
  await line(grace.page, "Ada Lovelace").click();
  await ada.page.getByText("Your desk is the one by the window.").waitFor();
  await says(ada.page, "Thank you, I found the window.");
  await shows(grace.page, ["Thank you, I found the window."]);
  await says(grace.page, "And does it open?");
  await shows(ada.page, ["And does it open?"]);
});

test("B37: removed, it is gone from both at once, and what is real is untouched", async () => {
  await stage.invite({ ...people.linus, name: "Mary Jackson" });
  const { page } = ada;
  await page.getByRole("link", { name: "Find a person to talk to" }).click();
  await page.locator(".person-row", { hasText: "Mary Jackson" }).click();
  await page.waitForURL(/\/c\/dm-/);
  await says(page, "to somebody real");
  // An owner finds it again in the own menu.
  await page.getByRole("button", { name: "Ada Lovelace" }).click();
  await page.getByRole("menuitem", { name: "Example" }).click();
  await page.getByRole("button", { name: "Remove the example" }).click();
  await page.getByText("What stays: every real account").waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Remove the example" }).click();
  await page.getByRole("button", { name: "Load an example" }).waitFor();
  await page.waitForFunction(() => document.querySelectorAll(".channel-row").length === 1);
  // By its ended session, or by its account where its socket was just coming back.
  await grace.page.locator(".account").waitFor();
  expect(await grace.page.locator(".channel-row").count()).toBe(0);
  await line(page, "Mary Jackson").click();
  await shows(page, ["to somebody real"]);
});

test("U13: none of the pages complained of an error", () => {
  expect([...ada.complaints, ...grace.complaints]).toEqual([]);
});

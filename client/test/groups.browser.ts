/** Three people and a group, in three windows on a whole server. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import type { Page } from "playwright-core";
import { people } from "../../server/test/people.ts";
import { bodies, says, shows } from "./conversation.ts";
import { type Device, Stage } from "./stage.ts";

setDefaultTimeout(30_000);

let stage: Stage;
let ada: Device;
let grace: Device;
let linus: Device;

beforeAll(async () => {
  stage = await Stage.open();
  await stage.invite(people.grace);
  await stage.invite(people.linus);
  [ada, grace, linus] = await Promise.all([
    stage.device(people.ada),
    stage.device(people.grace),
    stage.device(people.linus),
  ]);
});
afterAll(async () => {
  await stage[Symbol.asyncDispose]();
});

const line = (page: Page, name: string | RegExp) =>
  page.locator(".channel-row", { has: page.locator(".channel-row-name", { hasText: name }) });

async function choose(page: Page, label: string, name: string): Promise<void> {
  await page.getByLabel(label).fill(name);
  await page.getByRole("option", { name: new RegExp(name, "i") }).waitFor();
  await page.keyboard.press("Enter");
}

test("C5 C6 M19: somebody makes a group by name and people, and it stands in the others' list at once", async () => {
  const { page } = ada;
  await page.getByRole("button", { name: "Ada Lovelace" }).click();
  await page.getByRole("menuitem", { name: "New group" }).click();
  // Without a name it is refused where it was asked, and what was typed stays.
  await choose(page, "With whom", "grace");
  await page.getByRole("button", { name: "Make the group" }).click();
  await page.getByText("A name has 1 to 80 characters").waitFor();
  await page.getByLabel("Name of the group").fill("engine-room");
  await page.getByRole("button", { name: "Make the group" }).click();
  await page.waitForURL(/\/c\/group-\d+-[0-9a-f]+$/);
  await line(grace.page, "engine-room").click();
  await grace.page.getByText("2 members").waitFor();
});

test("M1 T5 T6 M20: in a group one talks, counts are right, and the ticks say who has it", async () => {
  await grace.page.goto(`${stage.url}/`);
  await line(grace.page, "engine-room").waitFor();
  await says(ada.page, "one for all", "two for all");
  await line(grace.page, "engine-room").getByText("2 unread").waitFor();
  await grace.page.waitForFunction(() => document.title.startsWith("(2) "));
  await line(grace.page, "engine-room").getByText("Ada: two for all").waitFor();
  await line(grace.page, "engine-room").click();
  await shows(grace.page, ["one for all", "two for all"]);
  await grace.page.waitForFunction(() => !document.title.startsWith("("));
  await ada.page.waitForFunction(
    () =>
      [...document.querySelectorAll(".message .ticks svg")].at(-1)?.getAttribute("aria-label") ===
      "Read",
  );
  await ada.page.locator(".ticks-button").last().click();
  const receipt = ada.page.locator(".receipts section", { hasText: "Read" });
  await receipt.getByText("Grace Hopper").waitFor();
  expect(await receipt.locator("time").count()).toBe(1);
  await ada.page.keyboard.press("Escape");
});

test("C6 C9: any member brings somebody in, a new name is everybody's at once", async () => {
  const { page } = grace;
  await page.getByRole("link", { name: "Members" }).click();
  await page.waitForURL(/\/members$/);
  await page.locator(".member-row").nth(1).waitFor();
  expect(await page.locator(".member-row").allInnerTexts()).toEqual([
    expect.stringMatching(/Ada Lovelace\s+admin · online/),
    expect.stringMatching(/Grace Hopper \(you\)\s+online/),
  ]);
  expect(await page.getByRole("button", { name: "Rename the group" }).count()).toBe(0);
  await page.getByRole("button", { name: "Add people" }).click();
  await choose(page, "Whom", "linus");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.locator(".member-row", { hasText: "Linus" }).waitFor();
  await line(linus.page, "engine-room").click();
  await shows(linus.page, ["one for all", "two for all"]);
  await ada.page.getByText("3 members").waitFor();

  await ada.page.getByRole("link", { name: "Members" }).click();
  await ada.page.getByRole("button", { name: "Rename the group" }).click();
  await ada.page.getByLabel("Name of the group").fill("machine room");
  await ada.page.getByRole("button", { name: "Rename", exact: true }).click();
  for (const { page: each } of [ada, grace, linus]) await line(each, "machine room").waitFor();
});

test("P2 P6: a dot stands beside whoever is here, and gives way to when they were last seen", async () => {
  const guest = await stage.device(people.linus);
  const row = ada.page.locator(".member-row", { hasText: "Linus" });
  await row.locator(".avatar-dot").waitFor();
  await guest.context.close();
  await linus.page.goto("about:blank");
  await row.locator(".avatar-dot").waitFor({ state: "detached" });
  await row.getByText("last seen").waitFor();
  await linus.page.goto(`${stage.url}/`);
  await row.locator(".avatar-dot").waitFor();
  await line(linus.page, "machine room").click();
});

test("C6 C11: who is removed sees it at once, keeps what was not sent, and finds nothing at the address later", async () => {
  const { page } = linus;
  await page.locator("textarea").fill("I was about to say");
  const row = ada.page.locator(".member-row", { hasText: "Linus" });
  await row.getByRole("button").click();
  await ada.page.getByRole("menuitem", { name: "Remove from the group" }).click();
  await ada.page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByText("You are no longer in machine room.").waitFor();
  expect(await page.locator(".unsent").inputValue()).toBe("I was about to say");
  await line(page, "machine room").waitFor({ state: "detached" });
  await row.waitFor({ state: "detached" });
  await says(ada.page, "without Linus");
  await shows(grace.page, ["without Linus"]);
  await page.reload();
  await page.getByText("There is no such channel, or you are not in it.").waitFor();
  expect(await bodies(page)).toEqual([]);
  expect(await page.content()).not.toContain("without Linus");
});

test("C6 C7: who leaves is out, and the last admin hands the group on", async () => {
  const { page } = ada;
  await page.getByRole("button", { name: "Leave the group" }).click();
  await page.getByText("You will not see it any more.").waitFor();
  await page.getByRole("button", { name: "Leave", exact: true }).click();
  await line(page, "machine room").waitFor({ state: "detached" });
  await grace.page.getByText("1 member", { exact: true }).waitFor();
  await grace.page.getByRole("button", { name: "Delete the group" }).click();
  await grace.page.getByRole("button", { name: "Delete for everybody" }).click();
  await line(grace.page, "machine room").waitFor({ state: "detached" });
});

test("U13: none of the pages complained of an error", () => {
  expect([...ada.complaints, ...grace.complaints, ...linus.complaints]).toEqual([]);
});

import { expect } from "bun:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { people, type Person } from "../../server/test/people.ts";
import { allStored, says, shows } from "./conversation.ts";

interface Entering {
  readonly link: string;
  readonly button: string;
  readonly complaints: string[];
}

/** What two people saw who met at an address. */
export interface Met extends AsyncDisposable {
  readonly ada: Page;
  readonly grace: Page;
  /** What the pages complained of. */
  readonly complaints: readonly string[];
}

async function enter(
  context: BrowserContext,
  { name, email, password }: Person,
  { link, button, complaints }: Entering,
): Promise<Page> {
  const page = await context.newPage();
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("console", (line) => {
    if (line.type() === "error") complaints.push(line.text());
  });
  page.on("request", (request) => {
    if (request.url().endsWith("/api/v1/stream")) complaints.push("no WebSocket got through");
  });
  page.on("response", (response) => {
    const { pathname } = new URL(response.url());
    if (response.status() >= 400) complaints.push(`${response.status()} ${pathname}`);
  });
  await page.goto(link);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: button }).click();
  return page;
}

/**
 * Two people's first minutes at one address, each by the links that the server makes: set up, invite, join, find each other, talk,
 * reload, come back by a link to the channel. Everything that they are led to lies beneath `publicUrl`.
 */
export async function meet(browser: Browser, publicUrl: string, link: string): Promise<Met> {
  const complaints: string[] = [];
  const contexts = await Promise.all([browser.newContext(), browser.newContext()]);
  expect(link).toStartWith(`${publicUrl}/setup#code=`);
  const ada = await enter(contexts[0], people.ada, {
    link,
    button: "Become the owner",
    complaints,
  });
  await ada.waitForURL(`${publicUrl}/`);

  await ada.getByRole("link", { name: "Invite people" }).click();
  await ada.waitForURL(`${publicUrl}/invitations`);
  await ada.getByRole("button", { name: "Make a link" }).click();
  const invitation = await ada.getByLabel("Give this link to whom you invite").inputValue();
  expect(invitation).toStartWith(`${publicUrl}/invite#code=`);
  await ada.getByRole("button", { name: "Copy", exact: true }).click();
  await ada.getByRole("button", { name: "Copied" }).waitFor();

  const grace = await enter(contexts[1], people.grace, {
    link: invitation,
    button: "Join",
    complaints,
  });
  await grace.waitForURL(`${publicUrl}/`);
  await grace.getByRole("link", { name: "Find a person" }).first().click();
  await grace
    .getByRole("button", { name: /Ada Lovelace/ })
    .last()
    .click();
  await grace.waitForURL(`${publicUrl}/c/dm-1-2`);
  await says(grace, "Hello Ada");
  await allStored(grace);
  await ada.getByRole("link", { name: /Grace Hopper/ }).click();
  await shows(ada, ["Hello Ada"]);

  await ada.locator("textarea").fill("half a sent");
  await ada.reload();
  await ada.waitForFunction(() => document.querySelector("textarea")?.value === "half a sent");
  expect(ada.url()).toBe(`${publicUrl}/c/dm-1-2`);
  await says(ada, "Hello Grace");
  await allStored(ada);
  await shows(grace, ["Hello Ada", "Hello Grace"]);
  // Back by the browser itself, and in anew by the whole address.
  await grace.goBack();
  await grace.getByRole("searchbox").waitFor();
  await grace.goto(`${publicUrl}/c/dm-1-2`);
  await shows(grace, ["Hello Ada", "Hello Grace"]);
  return {
    ada,
    grace,
    complaints,
    async [Symbol.asyncDispose]() {
      await Promise.all(contexts.map((context) => context.close()));
    },
  };
}

import { expect } from "bun:test";
import type { Page } from "playwright-core";

/** What a page shows of the open channel, oldest first. */
export const bodies = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    Array.from(document.querySelectorAll("[data-key] .message-body"), (body) => body.textContent),
  );

/** Resolves when the page shows these as its newest messages, each once, in this order. */
export async function shows(
  page: Page,
  expected: readonly string[],
  msMax = 20_000,
): Promise<void> {
  await page
    .waitForFunction(
      (wanted) => {
        const shown = Array.from(
          document.querySelectorAll("[data-key] .message-body"),
          (body) => body.textContent,
        );
        return JSON.stringify(shown.slice(-wanted.length)) === JSON.stringify(wanted);
      },
      expected,
      { timeout: msMax },
    )
    .catch(async (error: unknown) => {
      expect((await bodies(page)).slice(-expected.length)).toEqual([...expected]);
      throw error;
    });
  const all = await bodies(page);
  for (const body of expected) expect(all.filter((one) => one === body)).toEqual([body]);
}

/** Writes and sends, one after the other; each is painted here, sent or not. */
export async function says(page: Page, ...said: string[]): Promise<void> {
  const composer = page.locator("textarea");
  for (const body of said) {
    await composer.fill(body);
    await composer.press("Enter");
    await page.locator(".message-body", { hasText: body }).last().waitFor({ timeout: 5_000 });
  }
}

/** The bar over the list says so. */
export const barSays = (page: Page, words: RegExp): Promise<void> =>
  page.locator(".link-bar", { hasText: words }).waitFor();

/** Everything that this page has said is committed. */
export async function allStored(page: Page): Promise<void> {
  await page.waitForFunction(() => {
    const own = document.querySelectorAll(".message .ticks");
    return Array.from(own).every((ticks) => ticks.querySelector("[data-icon^=check]") !== null);
  });
}

/** Both write while something is broken; afterwards both show everything once, in one order. */
export async function talkThrough({
  name,
  ada,
  grace,
  broken,
  mended,
}: {
  name: string;
  ada: Page;
  grace: Page;
  broken: () => Promise<void>;
  mended: () => Promise<void>;
}): Promise<void> {
  await broken();
  await says(ada, `${name}: Ada one`, `${name}: Ada two`);
  await says(grace, `${name}: Grace one`);
  await mended();
  await says(grace, `${name}: Grace two`);
  const mine = (body: string): boolean => body.startsWith(`${name}:`);
  await ada.waitForFunction(
    (prefix) =>
      [...document.querySelectorAll("[data-key] .message-body")].filter((body) =>
        body.textContent?.startsWith(prefix),
      ).length === 4,
    `${name}:`,
    { timeout: 60_000 },
  );
  await allStored(ada);
  await allStored(grace);
  const order = (await bodies(ada)).filter(mine);
  expect(order.filter((body) => body.includes("Ada"))).toEqual([
    `${name}: Ada one`,
    `${name}: Ada two`,
  ]);
  expect(order.filter((body) => body.includes("Grace"))).toEqual([
    `${name}: Grace one`,
    `${name}: Grace two`,
  ]);
  await shows(grace, order);
  await shows(ada, order);
}

/** Resolves when the page's outbox has these on the disk. */
export async function keepsDrafts(page: Page, ...expected: string[]): Promise<void> {
  await page.waitForFunction(async (wanted) => {
    const settled = <Value>(request: IDBRequest<Value>) =>
      new Promise<Value>((resolve, reject) => {
        request.addEventListener("success", () => resolve(request.result));
        request.addEventListener("error", () => reject(request.error as Error));
      });
    const database = await settled(indexedDB.open("parley"));
    const drafts = await settled(database.transaction("drafts").objectStore("drafts").getAll());
    database.close();
    const kept = drafts.map(({ body }: { body: string }) => body);
    return wanted.every((body) => kept.includes(body));
  }, expected);
}

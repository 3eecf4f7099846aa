import { afterAll, expect, test } from "bun:test";
import { graceTextId } from "../test/sample-model.ts";
import { callsOf, edgesOf, startViews } from "../test/sample-views.ts";

const views = await startViews();
afterAll(() => views[Symbol.asyncDispose]());
const talk = `/c/${graceTextId}`;

test("U10: a break is said in words, moves nothing, and leaves the composer open", async () => {
  await using view = await views.open(talk);
  const { page } = view;
  await page.waitForSelector(".message");
  const last = page.locator(".message").last();
  const before = (await last.boundingBox())!;
  const link = (value: object) =>
    page.evaluate((next) => {
      window.sample.link.value = next as never;
    }, value);
  const bar = page.locator(".link-bar");

  await link({ state: "quiet" });
  expect(await bar.count()).toBe(0);
  await link({ state: "offline" });
  await bar.waitFor();
  expect(await bar.innerText()).toBe("Offline. What you write is sent when you are back.");
  expect((await edgesOf(await bar.elementHandle())).height).toBe(28);
  expect(await last.boundingBox()).toEqual(before);
  await page.fill(".composer-input", "Written in the dark");
  await page.press(".composer-input", "Enter");
  expect(await callsOf(page, "say")).toHaveLength(1);

  await link({ state: "waiting", retryAtMs: Date.now() + 60_000 });
  await page.waitForFunction(() =>
    /^Reconnecting in (59|60) s/.test(document.querySelector(".link-bar")?.textContent ?? ""),
  );
  await page.click("text=Now");
  expect(await callsOf(page, "reconnectNow")).toHaveLength(1);
  await link({ state: "connecting" });
  await page.waitForFunction(
    () => document.querySelector(".link-bar")?.textContent === "Reconnecting",
  );
  await link({ state: "restored" });
  await page.waitForFunction(
    () => document.querySelector(".link-bar")?.textContent === "Connected",
  );
  await link({ state: "open" });
  await bar.waitFor({ state: "detached" });
});

test("U10: the first connecting of a page is loading, and says nothing of a break", async () => {
  await using view = await views.open(talk, { state: "loading" });
  const { page } = view;
  await page.evaluate(() => {
    window.sample.link.value = { state: "connecting" };
  });
  await page.waitForSelector(".skeleton");
  expect(await page.locator(".link-bar").count()).toBe(0);
});

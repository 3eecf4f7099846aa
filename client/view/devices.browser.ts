import { afterAll, expect, test } from "bun:test";
import { callsOf, startViews } from "../test/sample-views.ts";

const views = await startViews();
afterAll(() => views[Symbol.asyncDispose]());

test("B17: one's devices are listed from one's own menu, this one without a way to end it", async () => {
  await using view = await views.open("/");
  const { page } = view;
  await page.click(".own-button");
  await page.getByRole("menuitem", { name: "Devices" }).click();
  await page.waitForSelector(".device-row");
  const rows = await page.locator(".device-row").allInnerTexts();
  expect(rows).toHaveLength(3);
  expect(rows[0]).toContain("Firefox on Linux");
  expect(rows[0]).toContain("This device");
  expect(rows[0]).not.toContain("Sign out");
  expect(rows[1]).toContain("Chrome on Android");
  expect(rows[1]).toContain("Sign out");
  expect(await page.title()).toContain("Devices");
});

test("B17: a device that is signed out leaves the list; where that fails its row says why", async () => {
  {
    await using view = await views.open("/devices");
    const { page } = view;
    await page.getByRole("button", { name: "Sign out Chrome on Android" }).click();
    await page.getByText("Chrome on Android").waitFor({ state: "detached" });
    expect(await callsOf(page, "endDevice")).toEqual([["endDevice", "phone"]]);
  }
  await using view = await views.open("/devices", { state: "devices refused" });
  const { page } = view;
  await page.getByRole("button", { name: "Sign out Chrome on Android" }).click();
  await page.locator(".device-row").getByText("The server is busy.").waitFor();
  expect(await page.getByText("Chrome on Android").count()).toBe(1);
});

test("B17: signing out everywhere else asks first, and leaves this device alone", async () => {
  await using view = await views.open("/devices");
  const { page } = view;
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  const dialog = page.getByRole("dialog", { name: "Sign out everywhere else?" });
  await dialog.getByRole("button", { name: "Cancel" }).click();
  expect(await callsOf(page, "endOtherDevices")).toEqual([]);
  await page.getByRole("button", { name: "Sign out everywhere else" }).click();
  await dialog.getByRole("button", { name: "Sign out everywhere else" }).click();
  await page.getByText("You are signed in here only.").waitFor();
  expect(await page.locator(".device-row").count()).toBe(1);
});

import { afterAll, expect, test } from "bun:test";
import jsQR from "jsqr";
import { graceTextId } from "../test/sample-model.ts";
import { callsOf, startViews } from "../test/sample-views.ts";

const views = await startViews();
afterAll(() => views[Symbol.asyncDispose]());

test("U3: what is wrong is said at its field, what was typed stays, and the next try goes in", async () => {
  await using view = await views.open("/signin", { state: "nobody" });
  const { page } = view;
  await page.waitForSelector(".account-form");
  await page.fill("[name=email]", "ada@parley.test");
  await page.press("[name=email]", "Enter");
  await page.waitForSelector("text=Enter a password.");
  expect(await callsOf(page, "enter")).toEqual([]);

  await page.fill("[name=password]", "note-g");
  await page.click("button[type=submit]");
  await page.waitForSelector("text=Email or password is wrong.");
  const password = page.locator("[name=password]");
  expect(await password.getAttribute("aria-invalid")).toBe("true");
  expect(await password.inputValue()).toBe("note-g");
  expect(await page.inputValue("[name=email]")).toBe("ada@parley.test");
  expect(await password.evaluate((node) => node === document.activeElement)).toBe(true);

  await password.fill("note-g-by-hand");
  await page.click("button[type=submit]");
  await page.waitForSelector(".channel-row");
  expect(new URL(page.url()).pathname).toBe("/");
});

test("U3: whoever signs in at a channel's address stands in that channel afterwards", async () => {
  await using view = await views.open(`/c/${graceTextId}`, { state: "expired" });
  const { page } = view;
  await page.waitForSelector("text=You were signed out.");
  await page.fill("[name=email]", "ada@parley.test");
  await page.fill("[name=password]", "note-g-by-hand");
  await page.click("button[type=submit]");
  await page.waitForSelector(".pane-title >> text=Grace Hopper");
});

test("U3: set-up, invitation and reset ask for what they need, in a column of 360 pixels", async () => {
  const pages: [string, string, string[]][] = [
    ["/setup", "Set up Parley", ["name", "email", "password"]],
    ["/invite", "Join Parley", ["name", "email", "password"]],
    ["/reset", "Choose a new password", ["password"]],
  ];
  for (const [path, title, fields] of pages) {
    await using view = await views.open(path, { state: "nobody" });
    const { page } = view;
    await page.waitForSelector(".account-form");
    expect(await page.innerText("h1")).toBe(title);
    const names = await page.$$eval("input", (all) => all.map(({ name }) => name));
    expect(names).toEqual(fields);
    const width = await page.$eval("form", (form) => form.getBoundingClientRect().width);
    expect(width).toBe(360);
    expect(
      await page.$$eval("input", (all) => all.every(({ labels }) => labels?.length === 1)),
    ).toBe(true);
  }
});

test("U3: an invitation that was used says so, and a server without an owner too", async () => {
  {
    await using view = await views.open("/invite", { state: "link used" });
    await view.page.waitForSelector("text=This invitation cannot be used.");
  }
  await using view = await views.open("/", { state: "not set up" });
  await view.page.waitForSelector("text=This Parley has no owner yet.");
});

test.each([false, true])(
  "B18: a camera reads the invitation's link off the page, also where it is narrow; dark: %p",
  async (dark) => {
    await using view = await views.open("/invitations", { dark, narrow: dark });
    const { page } = view;
    await page.waitForSelector(".invitation-row");
    await page.click("text=Make a link");
    const picture = await (await page.waitForSelector(".qr-code")).screenshot();
    const { data, width, height } = await page.evaluate(async (bytes) => {
      const bitmap = await createImageBitmap(new Blob([new Uint8Array(bytes)]));
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
      context.drawImage(bitmap, 0, 0);
      const image = context.getImageData(0, 0, bitmap.width, bitmap.height);
      return { data: Array.from(image.data), width: image.width, height: image.height };
    }, Array.from(picture));
    const read = jsQR(Uint8ClampedArray.from(data), width, height, {
      inversionAttempts: "dontInvert",
    });
    expect(read?.data).toBe(await page.inputValue(".copy-link input"));
    expect(await page.getByRole("img", { name: "The same link as a QR code" }).count()).toBe(1);
  },
);

test("U3: an invitation is made, copied also without a clipboard, and revoked", async () => {
  await using view = await views.open("/invitations");
  const { page } = view;
  await page.waitForSelector(".invitation-row");
  await page.fill("input[type=number]", "0");
  await page.click("text=Make a link");
  await page.waitForSelector("text=A whole number from 1 to 1,000.");
  await page.fill("input[type=number]", "5");
  await page.click("text=Make a link");
  await page.waitForSelector(".copy-link");
  expect(await page.locator(".invitation-row").first().innerText()).toContain("0 of 5 used");

  await page.evaluate(() => {
    Object.defineProperty(navigator, "clipboard", { value: undefined });
    document.execCommand = () => false;
  });
  await page.click("text=Copy");
  await page.waitForSelector("text=The link is selected: press Ctrl+C.");
  const selected = () =>
    page.evaluate(() => {
      const input = document.querySelector<HTMLInputElement>(".copy-link input")!;
      return input.selectionEnd! - input.selectionStart! === input.value.length;
    });
  expect(await selected()).toBe(true);
  await page.evaluate(() => {
    document.execCommand = (command) => command === "copy";
  });
  await page.click("text=Copy");
  await page.waitForSelector("text=Copied");

  await page.locator("text=Revoke").first().click();
  await page.waitForFunction(() => document.querySelectorAll(".invitation-row").length === 2);
});

test("U3: a person is found by the beginning of a name, and pressing the row opens the talk", async () => {
  await using view = await views.open("/people");
  const { page } = view;
  await page.waitForSelector(".person-row");
  expect(await page.locator(".person-row", { hasText: "Ada" }).count()).toBe(0);
  await page.fill("input[type=search]", "hop");
  await page.waitForFunction(() => document.querySelectorAll(".person-row").length === 1);
  expect(await page.innerText(".person-row")).toMatch(/Grace Hopper\s+online/);
  await page.click(".person-row");
  await page.waitForSelector(".pane-title >> text=Grace Hopper");
});

import { afterAll, expect, test } from "bun:test";
import { groupTextId } from "../test/sample-model.ts";
import { callsOf, startViews } from "../test/sample-views.ts";

const views = await startViews();
afterAll(() => views[Symbol.asyncDispose]());

test("B37: who owns an empty Parley has three ways to begin, an administrator two, and a member says to whom", async () => {
  const ways = async (
    state: "nothing" | "nothing for an administrator" | "nothing for a member",
  ) => {
    await using view = await views.open("/", { state });
    await view.page.waitForSelector(".first-steps");
    return await view.page.locator(".first-steps .button").allInnerTexts();
  };
  expect(await ways("nothing")).toEqual(["Invite people", "Load an example", "New group"]);
  expect(await ways("nothing for an administrator")).toEqual(["Invite people", "New group"]);
  expect(await ways("nothing for a member")).toEqual(["Find a person", "New group"]);
});

test("B37: who is alone is told how others come in: among people, in a group, in its members", async () => {
  const says = async (path: string, state: "alone" | "alone as a member", place: string) => {
    await using view = await views.open(path, { state });
    return await view.page.locator(place).innerText();
  };
  const alone = await says("/people", "alone", ".page .notice");
  expect(alone).toMatch(/No one here yet\.\s+Whoever accepts .*\s+Invite people/);
  const member = await says("/people", "alone as a member", ".page .notice");
  expect(member).toMatch(/No one here yet\.\s+Administrators can invite people\./);
  expect(member).not.toContain("Invite people");
  const group = `/c/${groupTextId}`;
  expect(await says(group, "alone", ".list-start")).toContain("Only you are here. Add people");
  expect(await says(`${group}/members`, "alone", ".panel-alone")).toContain("Only you are here.");
  await using view = await views.open(group, { state: "usual" });
  await view.page.waitForSelector(".message");
  expect(await view.page.getByText("Only you are here.").count()).toBe(0);
});

test("B37: loading the example shows its page beside the list; on a phone the list itself", async () => {
  for (const [narrow, path] of [
    [false, "/example"],
    [true, "/"],
  ] as const) {
    await using view = await views.open("/", { state: "nothing", narrow, touch: narrow });
    const { page } = view;
    await page.getByRole("button", { name: "Load an example" }).click();
    await page.waitForFunction((where) => location.pathname === where, path);
    expect(await callsOf(page, "loadDemo")).toHaveLength(1);
  }
});

test("B37: removing asks first, says what goes and what stays, and a refusal stands in the dialog", async () => {
  await using view = await views.open("/example", { state: "example refused" });
  const { page } = view;
  const button = page.getByRole("button", { name: "Remove the example" });
  await button.click();
  const dialog = page.getByRole("dialog", { name: "Remove the example?" });
  await dialog.getByText("What goes:").waitFor();
  await dialog.getByText("What stays:").waitFor();
  await page.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  expect(await callsOf(page, "removeDemo")).toEqual([]);
  expect(await button.evaluate((node) => node === document.activeElement)).toBe(true);

  await page.keyboard.press("Enter");
  await dialog.getByRole("button", { name: "Remove the example" }).click();
  await dialog.getByText("The server is busy.").waitFor();
  expect(await callsOf(page, "removeDemo")).toHaveLength(1);
});

test("B37: a dialog that was closed can be opened again at once", async () => {
  await using view = await views.open("/example", { state: "example refused" });
  const { page } = view;
  await page.getByRole("button", { name: "Remove the example" }).click();
  const dialog = page.getByRole("dialog", { name: "Remove the example?" });
  await dialog.waitFor();
  // Without a look at what the first key did: the browser tells of a closed dialog after it takes more keys.
  await Promise.all([page.keyboard.press("Escape"), page.keyboard.press("Enter")]);
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.waitFor({ state: "detached" });
});

test("B37: the example's page is the owner's, and stands in nobody else's menu", async () => {
  const inMenu = async (state: "usual" | "nothing for an administrator") => {
    await using view = await views.open("/", { state });
    const { page } = view;
    await page.getByRole("button", { name: "Ada Lovelace" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
    return await page.getByRole("menuitem", { name: "Example" }).count();
  };
  expect(await inMenu("usual")).toBe(1);
  expect(await inMenu("nothing for an administrator")).toBe(0);
  await using view = await views.open("/example", { state: "nothing for an administrator" });
  await view.page.getByText("Only the owner can load the example.").waitFor();
  expect(await view.page.locator(".example-person, .page .button-primary").count()).toBe(0);
});

test("B37: opening a sign-in link changes nothing until its button is pressed", async () => {
  await using view = await views.open("/enter", { state: "nobody" });
  const { page } = view;
  await page.waitForSelector(".account-form");
  expect(await callsOf(page, "enter")).toEqual([]);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForSelector(".channel-row");
  expect(new URL(page.url()).pathname).toBe("/");
});

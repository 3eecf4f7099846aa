import type { Page } from "playwright-core";
import { graceTextId, groupTextId } from "../client/test/sample-model.ts";
import type { StateName } from "../client/test/sample-states.ts";

/** A page in a state, which `npm run screens` photographs and the tests of accessibility look at. */
export interface Screen {
  readonly name: string;
  readonly path: string;
  readonly state: StateName;
  /** What is there when it is ready. */
  readonly waitFor: string;
  readonly act?: (page: Page) => Promise<unknown>;
}

const talk = `/c/${graceTextId}`;
const manyLines =
  "One line,\nanother one,\nand a third that is long enough to reach the end of the composer and go on in the next.";

function channel(name: string, state: StateName, waitFor = ".message"): Screen {
  return { name, path: talk, state, waitFor };
}

function group(name: string, state: StateName, waitFor = ".message", panel = ""): Screen {
  return { name, path: `/c/${groupTextId}${panel}`, state, waitFor };
}

export const screens: readonly Screen[] = [
  channel("talk", "usual"),
  channel("talk-new", "new", "[data-new]"),
  channel("talk-unusual", "unusual"),
  channel("talk-typing", "typing"),
  channel("talk-sending", "sending", "[data-icon=clock]"),
  channel("talk-failed", "failed", ".message-refused"),
  channel("talk-deleted", "deleted"),
  channel("talk-ticks", "ticks"),
  {
    ...channel("receipts", "ticks", ".ticks-button"),
    act: async (page) => {
      await page.locator(".ticks-button").last().click();
      await page.waitForSelector(".receipt");
    },
  },
  group("group", "usual"),
  group("group-large", "large group"),
  group("group-members", "usual", ".member-row", "/members"),
  group("group-members-loading", "members loading", ".panel .skeleton", "/members"),
  group("group-members-failed", "members failed", ".panel .fault", "/members"),
  group("group-members-member", "only a member", ".member-row", "/members"),
  {
    ...group("group-member-menu", "usual", ".member-row", "/members"),
    act: async (page) => {
      await page.locator(".member-more .button-icon").nth(1).click();
      await page.waitForSelector(".member-menu");
    },
  },
  ...(["Add people", "Rename the group", "Leave the group", "Delete the group"] as const).map(
    (label): Screen => ({
      ...group(`group-${label.split(" ")[0]!.toLowerCase()}`, "usual", ".member-row", "/members"),
      act: async (page) => {
        await page.getByRole("button", { name: label }).click();
        await page.waitForSelector("dialog .dialog-title");
      },
    }),
  ),
  {
    name: "group-new",
    path: "/",
    state: "usual",
    waitFor: ".own-button",
    act: async (page) => {
      await page.click(".own-button");
      await page.getByRole("menuitem", { name: "New group" }).click();
      await page.getByLabel("Name of the group").fill("engine-room");
      await page.getByLabel("With whom").fill("gra");
      await page.locator(".picker-list .switcher-row").first().click();
      await page.getByLabel("With whom").fill("l");
      await page.waitForSelector(".picker-list .switcher-row");
    },
  },
  {
    ...group("group-removed", "unsent", ".message-refused"),
    act: async (page) => {
      await page.evaluate(() => {
        const { channels, pane } = window.sample;
        channels.value = channels.value!.filter(({ kind }) => kind !== "group");
        pane.value = "missing";
      });
      await page.waitForSelector(".unsent");
    },
  },
  channel("talk-older-failed", "older failed"),
  channel("talk-empty", "empty channel", ".list-start"),
  channel("talk-loading", "loading messages", ".skeleton-messages"),
  channel("offline", "offline", ".link-bar"),
  channel("reconnecting", "waiting", ".link-bar"),
  channel("connected", "restored", ".link-bar"),
  channel("outdated", "outdated", ".link-bar"),
  channel("channel-not-found", "missing", ".notice"),
  channel("channel-crashed", "crashed", ".notice"),
  {
    ...channel("composer-lines", "usual"),
    act: (page) => page.fill(".composer-input", manyLines),
  },
  {
    ...channel("composer-over-limit", "usual"),
    act: (page) => page.fill(".composer-input", "Too long. ".repeat(405)),
  },
  {
    ...channel("talk-pill", "new", "[data-new]"),
    act: (page) => page.waitForSelector(".new-pill"),
  },
  { name: "list", path: "/", state: "usual", waitFor: "html" },
  { name: "list-loading", path: "/", state: "loading", waitFor: ".skeleton" },
  { name: "list-empty", path: "/", state: "nothing", waitFor: ".notice" },
  {
    name: "list-empty-admin",
    path: "/",
    state: "nothing for an administrator",
    waitFor: ".notice",
  },
  { name: "list-empty-member", path: "/", state: "nothing for a member", waitFor: ".notice" },
  ...(["usual", "streamed"] as const).map((state): Screen => ({
    name: state === "usual" ? "menu" : "menu-without-websocket",
    path: "/",
    state,
    waitFor: ".own-button",
    act: async (page) => {
      await page.click(".own-button");
      await page.waitForSelector(".menu-about:last-child");
    },
  })),
  {
    name: "menu-status",
    path: "/",
    state: "with a status",
    waitFor: ".own-button",
    act: async (page) => {
      await page.click(".own-button");
      await page.waitForSelector(".menu-about:last-child");
    },
  },
  {
    name: "menu-refused",
    path: "/",
    state: "profile refused",
    waitFor: ".own-button",
    act: async (page) => {
      await page.click(".own-button");
      await page.getByRole("menuitemradio").nth(1).click();
      await page.waitForSelector(".menu-fault");
    },
  },
  ...(["usual", "with a status", "profile refused"] as const).map((state): Screen => ({
    name: { usual: "status", "with a status": "status-set", "profile refused": "status-refused" }[
      state
    ],
    path: "/",
    state,
    waitFor: ".own-button",
    act: async (page) => {
      await page.click(".own-button");
      await page.locator("[role=menuitem]").first().click();
      await page.waitForSelector("dialog select");
      if (state !== "profile refused") return;
      await page.fill("dialog input", "Reading the notes of Menabrea again. ".repeat(3));
      await page.click("dialog .button-primary");
      await page.waitForSelector("dialog [role=alert]:not(:empty)");
    },
  })),
  {
    name: "switcher",
    path: "/",
    state: "usual",
    waitFor: ".channel-row",
    act: async (page) => {
      await page.keyboard.press("Control+k");
      await page.waitForSelector(".switcher-input:focus");
    },
  },
  {
    name: "help",
    path: "/",
    state: "usual",
    waitFor: ".channel-row",
    act: async (page) => {
      await page.keyboard.press("?");
      await page.waitForSelector(".help");
    },
  },
  { name: "people", path: "/people", state: "usual", waitFor: ".person-row" },
  {
    name: "people-nobody",
    path: "/people",
    state: "usual",
    waitFor: ".person-row",
    act: async (page) => {
      await page.fill("input[type=search]", "Zuse");
      await page.waitForSelector(".page .notice");
    },
  },
  { name: "invitations", path: "/invitations", state: "usual", waitFor: ".invitation-row" },
  {
    name: "invitations-made",
    path: "/invitations",
    state: "usual",
    waitFor: ".invitation-row",
    act: async (page) => {
      await page.click(".button-primary");
      await page.waitForSelector(".qr-code");
    },
  },
  {
    name: "invitations-member",
    path: "/invitations",
    state: "nothing for a member",
    waitFor: ".page .notice",
  },
  { name: "devices", path: "/devices", state: "usual", waitFor: ".device-row" },
  { name: "devices-one", path: "/devices", state: "one device", waitFor: ".device-row" },
  { name: "devices-failed", path: "/devices", state: "devices failed", waitFor: ".page .notice" },
  {
    name: "devices-refused",
    path: "/devices",
    state: "devices refused",
    waitFor: ".device-row",
    act: async (page) => {
      await page.click(".device-row .button");
      await page.waitForSelector(".device-row .fault");
    },
  },
  {
    name: "devices-others",
    path: "/devices",
    state: "usual",
    waitFor: ".device-row",
    act: async (page) => {
      await page.click(".devices-end .button");
      await page.waitForSelector(".ask-form");
    },
  },
  { name: "privacy", path: "/privacy", state: "with a status", waitFor: ".switch" },
  {
    name: "privacy-refused",
    path: "/privacy",
    state: "profile refused",
    waitFor: ".switch",
    act: async (page) => {
      await page.locator(".switch").last().click();
      await page.waitForSelector(".switch-row .fault:not(:empty)");
    },
  },
  { name: "example", path: "/example", state: "usual", waitFor: ".example-person" },
  {
    name: "example-link",
    path: "/example",
    state: "usual",
    waitFor: ".example-person",
    act: async (page) => {
      await page.click(".example-person .button");
      await page.waitForSelector(".copy-link");
    },
  },
  {
    name: "example-remove",
    path: "/example",
    state: "usual",
    waitFor: ".example-person",
    act: async (page) => {
      await page.click(".example-end .button");
      await page.waitForSelector(".example-terms");
    },
  },
  {
    name: "example-remove-refused",
    path: "/example",
    state: "example refused",
    waitFor: ".example-person",
    act: async (page) => {
      await page.click(".example-end .button");
      await page.click(".button-danger");
      await page.waitForSelector(".fault:not(:empty)");
    },
  },
  { name: "example-none", path: "/example", state: "no example", waitFor: ".page .notice" },
  { name: "example-failed", path: "/example", state: "example failed", waitFor: ".page .notice" },
  {
    name: "example-member",
    path: "/example",
    state: "nothing for a member",
    waitFor: ".page .notice",
  },
  { name: "people-alone", path: "/people", state: "alone", waitFor: ".page .notice" },
  {
    name: "people-alone-member",
    path: "/people",
    state: "alone as a member",
    waitFor: ".page .notice",
  },
  group("group-alone", "alone", ".list-start"),
  group("members-alone", "alone", ".panel-alone", "/members"),
  { name: "not-found", path: "/nowhere", state: "usual", waitFor: ".main .notice" },
  { name: "sign-in", path: "/signin", state: "nobody", waitFor: ".account-form" },
  {
    name: "sign-in-wrong",
    path: "/signin",
    state: "nobody",
    waitFor: ".account-form",
    act: async (page) => {
      await page.fill("[name=email]", "ada@parley.test");
      await page.fill("[name=password]", "note-g");
      await page.click(".button-primary");
      await page.waitForSelector(".fault:not(:empty)");
    },
  },
  { name: "sign-in-expired", path: talk, state: "expired", waitFor: ".account-intro" },
  { name: "inactive", path: talk, state: "inactive", waitFor: ".account .notice" },
  { name: "not-set-up", path: "/", state: "not set up", waitFor: ".account .notice" },
  { name: "set-up", path: "/setup", state: "nobody", waitFor: ".account-form" },
  {
    name: "set-up-empty",
    path: "/setup",
    state: "nobody",
    waitFor: ".account-form",
    act: async (page) => {
      await page.click(".button-primary");
      await page.waitForSelector(".fault:not(:empty)");
    },
  },
  { name: "invite", path: "/invite", state: "nobody", waitFor: ".account-form" },
  { name: "invite-used", path: "/invite", state: "link used", waitFor: ".account .notice" },
  { name: "enter", path: "/enter", state: "nobody", waitFor: ".account-form" },
  { name: "enter-signed-in", path: "/enter", state: "usual", waitFor: ".account-form" },
  {
    name: "enter-used",
    path: "/enter",
    state: "link used",
    waitFor: ".account-form",
    act: async (page) => {
      await page.click(".button-primary");
      await page.waitForSelector(".fault:not(:empty)");
    },
  },
  { name: "reset", path: "/reset", state: "nobody", waitFor: ".account-form" },
];

import { expect, test } from "bun:test";

import { people } from "../../server/test/people.ts";
import { startServer, type TestServer } from "../../server/test/start-server.ts";
import type { Conversation } from "../store/model.ts";
import { type Browser, inviteMember, type Page, setUpOwner, until } from "../test/page.ts";

interface Two extends AsyncDisposable {
  readonly server: TestServer;
  readonly ada: Browser;
  readonly grace: Browser;
}

async function startTwo(): Promise<Two> {
  const server = await startServer();
  const ada = await setUpOwner(server, people.ada);
  const grace = await inviteMember(server, ada, people.grace);
  return { server, ada, grace, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** Opens the direct channel with somebody, as from the list of people. */
async function openWith(page: Page, name: string): Promise<string> {
  await page.lines(() => true);
  const found = await page.model.people(name, null);
  if ("code" in found) throw new Error(found.code);
  const textId = await page.model.startDirect(found.people[0]!.id);
  if (typeof textId !== "string") throw new Error(textId.code);
  page.model.openChannel(textId);
  await page.shows(({ loaded }) => loaded);
  return textId;
}

async function say(page: Page, body: string): Promise<void> {
  const { channel } = await page.shows(() => true);
  page.model.say(channel.id, body);
}

test("M1, U4: two people talk: one's own message shows in the same tick, the other's arrives, in order", async () => {
  await using two = await startTwo();
  using ada = two.ada.open();
  using grace = two.grace.open();
  const textId = await openWith(ada, "Grace");
  const { channel } = await ada.shows(() => true);
  ada.model.say(channel.id, "lunch?");
  const [sending] = (ada.model.conversation.value as Conversation).messages;
  expect(sending!.delivery.state).toBe("sending");
  expect(sending).toMatchObject({ body: "lunch?", mine: true });

  const [line] = await grace.lines(([first]) => first?.unread === 1);
  expect(line).toMatchObject({
    textId,
    name: "Ada Lovelace",
    last: { body: "lunch?", mine: false },
  });
  grace.model.openChannel(textId);
  await grace.showsStored("lunch?");
  await say(grace, "at noon");
  await say(grace, "by the river");
  const messages = await ada.showsStored("lunch?", "at noon", "by the river");
  expect(messages[0]!.key).toBe(sending!.key);
  expect(messages.map(({ author }) => author.name)).toEqual([
    "Ada Lovelace",
    "Grace Hopper",
    "Grace Hopper",
  ]);
});

test("M27: two pages of one person show the same, and what one has read is read on the other", async () => {
  await using two = await startTwo();
  using ada = two.ada.open();
  const textId = await openWith(ada, "Grace");
  using first = two.grace.open();
  using second = two.grace.open();
  await second.lines(() => true);
  await say(ada, "one");
  await say(ada, "two");
  await second.lines(([line]) => line?.unread === 2);
  first.model.openChannel(textId);
  const messages = await first.showsStored("one", "two");
  first.model.saw((await first.shows(() => true)).channel.id, messages[1]!.seq);
  expect(first.model.unreadTotal.value).toBe(0);
  await second.lines(([line]) => line?.unread === 0);
});

test("T1: one sees the other writing, until the message is here", async () => {
  await using two = await startTwo();
  using ada = two.ada.open();
  using grace = two.grace.open();
  const textId = await openWith(ada, "Grace");
  await grace.lines((lines) => lines.length === 1);
  grace.model.openChannel(textId);
  const { channel } = await grace.shows(({ loaded }) => loaded);
  grace.model.types(channel.id);
  const { typing } = await ada.shows((shown) => shown.typing.length > 0);
  expect(typing[0]!.name).toBe("Grace Hopper");
  await say(grace, "done");
  await ada.shows((shown) => shown.typing.length === 0 && shown.messages.length === 1);
});

test("M10: history loads by pages of 50 upwards, in order, and ends where it begins", async () => {
  await using two = await startTwo();
  using ada = two.ada.open();
  const textId = await openWith(ada, "Grace");
  const { channel } = await ada.shows(() => true);
  for (let number = 1; number <= 120; number++) ada.model.say(channel.id, `number ${number}`);
  await ada.shows(({ messages }) => messages.every(({ delivery }) => delivery.state === "stored"));

  using late = two.ada.open();
  late.model.openChannel(textId);
  const first = await late.shows(({ loaded }) => loaded);
  expect(first.messages.map(({ body }) => body).at(0)).toBe("number 71");
  expect(first.older).toBe("some");
  expect(await late.model.loadOlder()).toBeUndefined();
  const second = await late.shows(({ messages }) => messages.length === 100);
  expect(second.messages[0]!.body).toBe("number 21");
  await late.model.loadOlder();
  const whole = await late.shows(({ older }) => older === "none");
  expect(whole.messages.map(({ body }) => body)).toEqual(
    Array.from({ length: 120 }, (_, index) => `number ${index + 1}`),
  );
});

test("M2, E12, W2, W4, B32: over a restart of the server nothing is lost, doubled or out of order", async () => {
  await using two = await startTwo();
  using ada = two.ada.open();
  using grace = two.grace.open();
  const textId = await openWith(ada, "Grace");
  await say(ada, "before");
  grace.model.openChannel(textId);
  await grace.showsStored("before");

  const restarted = two.server.restart();
  await until(ada.model.link, ({ state }) => state !== "open");
  for (const body of ["one", "two", "three"]) await say(ada, body);
  await say(grace, "and me");
  await restarted;
  const mine = ["one", "two", "three"];
  const shown = await grace.shows(
    ({ messages }) =>
      messages.length === 5 && messages.every(({ delivery }) => delivery.state === "stored"),
  );
  const bodies = shown.messages.map(({ body }) => body);
  expect(bodies.filter((body) => mine.includes(body))).toEqual(mine);
  await ada.showsStored(...bodies);
});

test("who signs out is shown nothing more, and another person's page begins empty", async () => {
  await using two = await startTwo();
  using page = two.ada.open();
  await openWith(page, "Grace");
  await say(page, "secret");
  await page.showsStored("secret");
  const { channel } = await page.shows(() => true);
  page.model.keepDraft(channel.id, "half a sentence");
  await page.model.signOut();
  expect(page.model.me.value).toBeUndefined();
  expect(page.model.channels.value).toBeUndefined();
  expect(page.model.conversation.value).toBeUndefined();
  expect(page.model.draftOf(channel.id)).toBe("");
  expect(page.model.link.value).toEqual({ state: "signed_out", why: "left" });

  const { email, password } = people.grace;
  await page.client.accounts.signIn({ email, password });
  await page.lines(() => true);
  expect(page.model.me.value!.name).toBe("Grace Hopper");
  expect(page.model.draftOf(channel.id)).toBe("");
});

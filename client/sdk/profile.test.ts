import { expect, test } from "bun:test";

import { defaultShown, type Profile, type Row } from "#wire/row.ts";

import { until } from "../test/page.ts";
import {
  ada,
  direct,
  grace,
  intervalOf,
  lobby,
  messageOf,
  ScriptedPage,
} from "../test/scripted-page.ts";
import type { ServerSocket } from "../test/scripted-server.ts";

const usual: Profile = { status: null, shown: defaultShown };

function profileOf(version: number, profile: Partial<Profile>): Row {
  return { kind: "profile", entity: 0, version, body: { ...usual, ...profile } };
}

/** The own stream tells a profile, as the change after the two memberships. */
function tells(socket: ServerSocket, profile: Partial<Profile>, version = 3): void {
  socket.says(intervalOf(version - 1, version, [profileOf(version, profile)], ada));
}

const person = { id: grace, name: "Grace Hopper", online: true, lastSeenAt: null } as const;

test("B12 P6: what a page of people, its members and live frames tell of somebody is shown", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  const lunch = { text: "At lunch", until: page.clock.now() + 2_000 };
  const [presence, status] = [page.model.presence(grace), page.model.status(grace)];
  const listed = page.model.people("gra", null);
  const asked = await socket.commands.next(
    (command) => command.op === "people" && command.query === "gra",
  );
  const known = { ...person, role: "member", away: true, status: lunch } as const;
  socket.says({ op: "peoplePage", ref: asked.ref, people: [known], after: null });
  await listed;
  expect(presence.value).toMatchObject({ online: true, away: true });
  expect(status.value).toEqual(lunch);
  expect(page.model.channels.value!.find(({ id }) => id === direct)!.peer).toEqual({
    id: grace,
    online: true,
    lastSeenAt: null,
    away: true,
  });

  socket.says({
    op: "presence",
    people: [{ user: grace, online: true, lastSeenAt: null, away: false }],
  });
  await until(presence, ({ away }) => !away);
  page.clock.pass(2_000);
  expect(status.value).toBeNull();
  const reading = { text: "Reading", until: null };
  socket.says({ op: "statusChanged", user: grace, status: reading });
  await until(status, (said) => said?.text === "Reading");
  socket.says({ op: "statusChanged", user: grace, status: null });
  await until(status, (said) => said === null);

  const members = page.model.members(lobby, null);
  const { ref } = await socket.hears("members");
  const member = { ...known, joinedAt: 1, status: reading };
  socket.says({ op: "membersPage", ref, members: [member], count: 2, after: null });
  await members;
  expect(status.value).toEqual(reading);
  expect(presence.value.away).toBe(true);
});

test("B12: the own status is what the newest row says, and passes by itself", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  const { profile } = page.model;
  expect(profile.value).toEqual(usual);
  const status = { text: "At lunch", until: page.clock.now() + 60_000 };
  tells(socket, { status }, 3);
  await until(profile, (own) => own.status?.text === "At lunch");
  tells(socket, { status: { text: "of before", until: null } }, 2);
  socket.says({ op: "statusChanged", user: ada, status: null });
  await page.heard(socket);
  expect(profile.value.status).toEqual(status);
  page.clock.pass(60_000);
  expect(profile.value).toEqual(usual);
});

test("B12: another history without a profile takes the own status back", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  tells(socket, { status: { text: "Reading", until: null } });
  await until(page.model.profile, ({ status }) => status !== null);
  socket.says({ op: "reset", stream: ada, through: 9, since: 0, older: false, rows: [] });
  await until(page.model.profile, ({ status }) => status === null);
});

test("B12: a status is said and taken back, and a refusal is handed on", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  const end = page.clock.now() + 60_000;
  const saying = page.model.setStatus("  At lunch ", end);
  const said = await socket.hears("setStatus");
  expect(said.status).toEqual({ text: "At lunch", until: end });
  socket.says({ op: "done", ref: said.ref });
  expect(await saying).toBeUndefined();

  const clearing = page.model.clearStatus();
  const { ref, status } = await socket.hears("setStatus");
  expect(status).toBeNull();
  const refusal = { code: "status_invalid", detail: "", retryAfterMs: 0 } as const;
  socket.says({ op: "refusal", ref, ...refusal });
  expect(await clearing).toEqual({ code: "status_invalid" });
  socket.breaks();
  await until(page.model.link, ({ state }) => state !== "open");
  expect(await page.model.setStatus("Reading", null)).toEqual({ code: "offline" });
});

test("B38: how one is shown is changed when the own stream says so, and asked for where that takes long", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  const shown = { as: "offline", typing: false, receipts: true } as const;
  const setting = page.model.setShown(shown);
  const asked = await socket.hears("setShown");
  expect(asked.shown).toEqual(shown);
  socket.says({ op: "done", ref: asked.ref });
  await page.heard(socket);
  expect(page.model.profile.value.shown).toEqual(defaultShown);
  page.clock.pass(1_000);
  const resume = await socket.hears("resume");
  tells(socket, { shown });
  socket.says({ op: "done", ref: resume.ref });
  expect(await setting).toBeUndefined();
  expect(page.model.profile.value.shown).toEqual(shown);
});

test("B38: who hides that they write says nothing of it, and says it again when they do not", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  tells(socket, { shown: { ...defaultShown, typing: false } }, 3);
  await until(page.model.profile, ({ shown }) => !shown.typing);
  page.model.types(direct);
  page.clock.pass(10_000);
  await page.said(socket);
  expect(socket.commands.all.some(({ op }) => op === "typing")).toBe(false);
  tells(socket, { shown: defaultShown }, 4);
  await until(page.model.profile, ({ shown }) => shown.typing);
  page.model.types(direct);
  expect(await socket.hears("typing")).toMatchObject({ channel: direct, typing: true });
});

test("B38: who hides what they have read sees others' messages delivered at most, from then on and for as long", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  await page.opens(socket, [messageOf(2, ada)], 2);
  const pointer = { user: grace, readSeq: 2, deliveredSeq: 2 };
  socket.says({ op: "pointers", channel: direct, pointers: [pointer] });
  const stateOf = () => {
    const shown = page.model.conversation.value;
    return typeof shown === "object" ? shown.messages[0]!.delivery.state : undefined;
  };
  await page.shows(({ messages }) => messages[0]!.delivery.state === "read");
  tells(socket, { shown: { ...defaultShown, receipts: false } }, 3);
  await page.shows(({ messages }) => messages[0]!.delivery.state === "delivered");
  socket.says({ op: "pointers", channel: direct, pointers: [{ ...pointer, deliveredSeq: 3 }] });
  await page.heard(socket);
  expect(stateOf()).toBe("delivered");
  tells(socket, { shown: defaultShown }, 4);
  await page.shows(({ messages }) => messages[0]!.delivery.state === "read");
});

test("B12: a socket that begins while nobody touches the page is told so, and the first touch", async () => {
  await using page = new ScriptedPage();
  const first = await page.arrives();
  first.socket.breaks();
  await until(page.model.link, ({ state }) => state === "quiet");
  page.clock.sleep(600_000);
  const socket = await page.server.socket();
  await socket.welcomes();
  expect(await socket.hears("setAway")).toMatchObject({ away: true });
  page.touch();
  page.touch();
  expect(await socket.hears("setAway")).toMatchObject({ away: false });
  await page.said(socket);
  expect(socket.commands.all.filter(({ op }) => op === "setAway")).toHaveLength(2);
});

test("W9: how many of a large channel are online is shown while it is open and the socket lives", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  socket.says({ op: "onlineCount", channel: direct, online: 9 });
  await page.heard(socket);
  const opened = await page.opens(socket, [messageOf(1, grace)], 1);
  expect(opened.online).toBeNull();
  socket.says({ op: "onlineCount", channel: direct, online: 312 });
  await page.shows(({ online }) => online === 312);
  socket.says({ op: "onlineCount", channel: lobby, online: 7 });
  await page.heard(socket);
  expect(page.model.conversation.value).toMatchObject({ online: 312 });

  page.model.openChannel("lobby");
  await socket.hears("close");
  await page.shows(({ channel, online }) => channel.id === lobby && online === null);
  socket.says({ op: "onlineCount", channel: direct, online: 311 });
  socket.says({ op: "onlineCount", channel: lobby, online: 7 });
  await page.shows(({ online }) => online === 7);
  socket.breaks();
  await page.shows(({ online }) => online === null);
});

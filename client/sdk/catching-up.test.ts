import { expect, test } from "bun:test";

import { until } from "../test/page.ts";
import {
  ada,
  direct,
  directOf,
  grace,
  intervalOf,
  linus,
  lobby,
  lobbyOf,
  messageOf,
  ScriptedPage,
  summaryOf,
} from "../test/scripted-page.ts";

test("what is missing has a second to come by itself; then it is asked for, once, and shown in order", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  await page.opens(socket, [messageOf(1, grace)], 1);
  socket.says(intervalOf(2, 3, [messageOf(3, grace)]), summaryOf({ asOf: 3 }));
  await page.heard(socket);
  await page.showsBodies("said at 1");
  page.clock.pass(999);
  await page.said(socket);
  expect(socket.commands.all.filter(({ op }) => op === "resume")).toEqual([]);
  page.clock.pass(1);
  const resume = await socket.hears("resume");
  expect(resume).toMatchObject({ epoch: "first", streams: [{ stream: direct, cursor: 1 }] });
  socket.says(intervalOf(1, 3, [messageOf(2, grace), messageOf(3, grace)]));
  socket.says({ op: "done", ref: resume.ref });
  await page.showsBodies("said at 1", "said at 2", "said at 3");
  page.clock.pass(10_000);
  await page.said(socket);
  expect(socket.commands.all.filter(({ op }) => op === "resume")).toHaveLength(1);
});

test("what comes by itself within the second is not asked for", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  await page.opens(socket, [messageOf(1, grace)], 1);
  socket.says(intervalOf(2, 3, [messageOf(3, grace)]), intervalOf(1, 2, [messageOf(2, grace)]));
  await page.showsBodies("said at 1", "said at 2", "said at 3");
  page.clock.pass(10_000);
  await page.said(socket);
  expect(socket.commands.all.some(({ op }) => op === "resume")).toBe(false);
});

test("nothing is asked for while the answer that brings it is under way", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  page.model.openChannel("dm-1-2");
  const open = await socket.hears("open");
  socket.says(intervalOf(8, 9, [messageOf(9, grace)]), summaryOf({ asOf: 9 }));
  await page.heard(socket);
  page.clock.pass(5_000);
  await page.said(socket);
  expect(socket.commands.all.some(({ op }) => op === "resume")).toBe(false);
  const rows = [messageOf(8, grace)];
  socket.says({ op: "reset", stream: direct, through: 8, since: 8, older: true, rows });
  socket.says({ op: "opened", ref: open.ref, pointers: [] });
  await page.showsBodies("said at 8", "said at 9");
});

test("a message that is stored and whose row does not come is asked for", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  await page.opens(socket, [], 1);
  page.model.say(direct, "hello");
  const { ref } = await socket.hears("send");
  socket.says({ op: "sent", ref, fates: [{ seq: 2, createdAt: 5, code: null }] });
  await page.shows(({ messages }) => messages[0]?.delivery.state === "stored");
  page.clock.pass(1_000);
  expect((await socket.hears("resume")).streams).toEqual([{ stream: direct, cursor: 1 }]);
});

test("a server that was asked and has no more is believed", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  await page.opens(socket, [], 1);
  socket.says(intervalOf(5, 6, []), summaryOf({ asOf: 6 }));
  await page.heard(socket);
  page.clock.pass(1_000);
  const { ref } = await socket.hears("resume");
  socket.says({ op: "done", ref });
  await page.heard(socket);
  page.clock.pass(10_000);
  await page.said(socket);
  expect(socket.commands.all.filter(({ op }) => op === "resume")).toHaveLength(1);
});

test("strangers' names are asked for together, and once", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  await page.opens(socket, [messageOf(1, linus), messageOf(2, 4 as never), messageOf(3, ada)], 3);
  page.clock.pass(20);
  const asked = await socket.commands.next(
    (command) => command.op === "people" && command.ids.includes(linus),
  );
  expect(asked).toMatchObject({ ids: [linus, 4] });
  const presence = { online: true, lastSeenAt: 5, away: false, status: null };
  const person = { id: linus, name: "Linus", role: "member", ...presence } as const;
  socket.says({ op: "peoplePage", ref: asked.ref, people: [person], after: null });
  await page.shows(({ messages }) => messages[0]!.author.name === "Linus");
  page.clock.pass(10_000);
  await page.said(socket);
  const again = socket.commands.all.filter(
    (each) => each.op === "people" && each.ids.includes(4 as never),
  );
  expect(again).toHaveLength(1);
});

test("a line that cannot be told is asked for, at most once per second", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  const summaries = () => socket.commands.all.filter(({ op }) => op === "summaries");
  socket.says(summaryOf({ channel: lobby, asOf: 5, lastMessage: messageOf(5, grace), unread: 4 }));
  const gone = messageOf(3, grace);
  const deleted = { ...gone, version: 6, body: { ...gone.body!, deleted: true, body: "" } };
  socket.says(intervalOf(5, 6, [deleted], lobby));
  await page.heard(socket);
  page.clock.pass(300);
  const first = await socket.hears("summaries");
  expect(first.channels).toEqual([lobby]);
  socket.says({ op: "refusal", ref: first.ref, code: "slow_down", detail: "", retryAfterMs: 0 });
  await page.heard(socket);
  page.clock.pass(999);
  await page.said(socket);
  expect(summaries()).toHaveLength(1);
  page.clock.pass(1);
  const second = await socket.hears("summaries");
  const last = messageOf(5, grace);
  socket.says(summaryOf({ channel: lobby, asOf: 6, lastMessage: last, unread: 3 }));
  socket.says({ op: "done", ref: second.ref });
  await page.heard(socket);
  page.clock.pass(10_000);
  await page.said(socket);
  expect(summaries()).toHaveLength(2);
});

test("E12, W2: who comes back names what is held, opens anew, and sends what was written only after catching up", async () => {
  await using page = new ScriptedPage();
  const first = await page.arrives();
  await page.opens(first.socket, [messageOf(1, grace)], 4);
  page.clock.pass(6_000);
  first.socket.breaks();
  await until(page.model.link, ({ state }) => state === "quiet");
  page.model.say(direct, "meanwhile");
  page.clock.pass(200);

  const socket = await page.server.socket();
  const hello = await socket.welcomes();
  expect(hello.epoch).toBe("first");
  expect(hello.streams).toEqual([
    { stream: ada, cursor: 2 },
    { stream: direct, cursor: 4 },
  ]);
  socket.says(intervalOf(4, 5, [messageOf(5, grace)]));
  await page.showsBodies("said at 1", "said at 5", "meanwhile");
  await page.said(socket);
  expect(socket.commands.all.map(({ op }) => op)).toEqual(["hello", "people"]);
  socket.says({ op: "caughtUp" });
  expect((await socket.hears("open")).cursor).toBe(5);
  const { drafts } = await socket.hears("send");
  expect(drafts.map(({ body }) => body)).toEqual(["meanwhile"]);
});

test("W2: another epoch is another history: what was held is replaced, and what was not named is forgotten", async () => {
  await using page = new ScriptedPage();
  const first = await page.arrives();
  await page.opens(first.socket, [messageOf(1, grace, "of the old history")], 40);
  first.socket.breaks();
  await until(page.model.link, ({ state }) => state === "quiet");
  page.clock.pass(200);
  const socket = await page.server.socket();
  await socket.welcomes({ epoch: "second" });
  const rows = [directOf(1), lobbyOf(2)];
  socket.says({ op: "reset", stream: ada, through: 2, since: 0, older: false, rows });
  const message = messageOf(3, grace, "of the new history");
  socket.says({ op: "reset", stream: direct, through: 3, since: 3, older: false, rows: [message] });
  socket.says(summaryOf({ asOf: 3, lastMessage: message, unread: 1 }));
  socket.says(summaryOf({ channel: lobby, asOf: 1 }), { op: "caughtUp" });
  await page.showsBodies("of the new history");
  const open = await socket.hears("open");
  expect(open).toMatchObject({ epoch: "second", cursor: 3 });
  await page.lines(({ last }) => last?.body === "of the new history");
});

test("the list stands still while a new socket catches up", async () => {
  await using page = new ScriptedPage();
  const first = await page.arrives();
  const before = page.model.channels.value;
  first.socket.breaks();
  await until(page.model.link, ({ state }) => state === "quiet");
  page.clock.pass(200);
  const socket = await page.server.socket();
  await socket.welcomes();
  socket.says({ op: "reset", stream: ada, through: 0, since: 0, older: false, rows: [] });
  await until(page.model.link, ({ state }) => state === "open");
  socket.says(intervalOf(0, 2, [lobbyOf(2)], ada));
  await page.heard(socket);
  expect(page.model.channels.value).toBe(before);
  socket.says({ op: "caughtUp" });
  await until(page.model.channels, (lines) => lines?.length === 1);
});

test("a channel that one is not in is missing, whether the list or the server says so", async () => {
  await using page = new ScriptedPage();
  page.model.openChannel("dm-1-99");
  const { socket } = await page.arrives();
  await until(page.model.conversation, (shown) => shown === "missing");

  page.model.openChannel("lobby");
  const { ref } = await socket.hears("open");
  socket.says({ op: "refusal", ref, code: "not_a_member", detail: "", retryAfterMs: 0 });
  await until(page.model.conversation, (shown) => shown === "missing");
  page.model.openChannel("dm-1-2");
  await socket.hears("open");
  expect(page.model.conversation.value).toMatchObject({ loaded: false });
});

test("who is removed sees it at once, and the channel is gone from the list", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  await page.opens(socket, [messageOf(1, grace)], 1);
  socket.says(intervalOf(2, 3, [{ ...directOf(3), body: null }], ada));
  await until(page.model.conversation, (shown) => shown === "missing");
  expect(page.model.channels.value!.map(({ textId }) => textId)).toEqual(["lobby"]);
});

test("who was removed and comes back begins anew: what happened meanwhile is not theirs to miss", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  await page.opens(socket, [messageOf(1, grace)], 1);
  socket.says(intervalOf(2, 3, [{ ...directOf(3), body: null }], ada));
  socket.says(intervalOf(3, 4, [directOf(4)], ada));
  expect((await socket.hears("open")).cursor).toBe(0);
});

test("W4: what came home while one was away is not sent again", async () => {
  await using page = new ScriptedPage();
  const first = await page.arrives();
  await page.opens(first.socket, [], 1);
  page.model.say(direct, "once");
  page.model.say(direct, "and then");
  const { drafts } = await first.socket.hears("send");
  first.socket.breaks();
  await until(page.model.link, ({ state }) => state === "quiet");
  page.clock.pass(200);
  const socket = await page.server.socket();
  await socket.welcomes();
  const row = messageOf(2, ada, "once");
  const body = { ...row.body!, clientMessageId: drafts[0]!.clientMessageId };
  socket.says(intervalOf(1, 2, [{ ...row, body }]), { op: "caughtUp" });
  const again = await socket.hears("send");
  expect(again.drafts.map((draft) => draft.body)).toEqual(["and then"]);
  await page.showsBodies("once", "and then");
});

test("a channel that fills up unseen keeps its line alone, and opens with its newest page", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  await page.opens(socket, [], 1);
  page.model.openChannel("lobby");
  await socket.hears("open");
  const rows = Array.from({ length: 1_001 }, (_, index) => messageOf(index + 2, grace));
  socket.says(intervalOf(1, 500, rows.slice(0, 499)), intervalOf(500, 1_002, rows.slice(499)));
  await page.heard(socket);
  page.model.openChannel("dm-1-2");
  expect((await socket.hears("open")).cursor).toBe(0);
});

test("a direct channel that was just made is in the list before anybody opens it, even if its frame is lost", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives({}, [lobbyOf(2)]);
  const starting = page.model.startDirect(grace);
  const { ref } = await socket.hears("createDirect");
  socket.says({ op: "direct", ref, channel: direct, textId: "dm-1-2" });
  await page.heard(socket);
  page.clock.pass(1_000);
  const resume = await socket.hears("resume");
  expect(resume.streams).toEqual([{ stream: ada, cursor: 2 }]);
  socket.says(intervalOf(2, 3, [directOf(3)], ada), { op: "done", ref: resume.ref });
  expect(await starting).toBe("dm-1-2");
  expect(page.model.channels.value!.map(({ textId }) => textId)).toContain("dm-1-2");
});

test("what arrives is reported as delivered, and what is seen as read, at most once per second", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  const last = messageOf(1, grace);
  socket.says(summaryOf({ asOf: 1, lastMessage: last, unread: 1 }));
  const delivered = await socket.hears("read");
  const nothing = { readSeq: null, readFrom: null };
  expect(delivered.pointers).toEqual([{ channel: direct, deliveredSeq: 1, ...nothing }]);
  socket.says({ op: "done", ref: delivered.ref });
  await page.opens(socket, [last], 1);
  page.model.saw(direct, 1);
  page.model.saw(direct, 1);
  expect(page.model.unreadTotal.value).toBe(0);
  page.clock.pass(1_000);
  const read = await socket.hears("read");
  const pointer = { channel: direct, readSeq: 1, deliveredSeq: 1, readFrom: null };
  expect(read.pointers).toEqual([pointer]);
  socket.says({ op: "done", ref: read.ref });
  page.clock.pass(10_000);
  await page.said(socket);
  expect(socket.commands.all.filter(({ op }) => op === "read")).toHaveLength(2);
});

test("the New line stands where one had read to when the channel was opened, and does not move", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  const pointer = { readSeq: 1, deliveredSeq: 1, readFrom: 1 };
  socket.says(summaryOf({ asOf: 2, lastMessage: messageOf(2, grace), unread: 1, ...pointer }));
  await page.lines(({ unread }) => unread === 1);
  await page.opens(socket, [messageOf(1, grace), messageOf(2, grace)], 2);
  page.model.saw(direct, 2);
  expect(await page.shows(() => true)).toMatchObject({ newAfter: 1, channel: { unread: 0 } });
  page.model.closeChannel();
  await socket.hears("close");
  page.model.openChannel("dm-1-2");
  expect(await page.shows(() => true)).toMatchObject({ newAfter: null, loaded: true });
});

test("somebody else's refresh token in another tab is another person's page: nothing of the first is left", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  await page.opens(socket, [messageOf(1, grace)], 1);
  page.user = { id: grace, name: "Grace Hopper", email: "grace@parley.test", role: "member" };
  socket.says({ op: "tokenExpiring", at: page.clock.now() });
  await socket.ended.promise;
  const next = await page.server.socket();
  const hello = await next.hears("hello");
  expect(hello).toMatchObject({ token: "of Grace Hopper", epoch: "" });
  expect(hello.streams).toEqual([{ stream: grace, cursor: 0 }]);
  expect(page.model.me.value!.id).toBe(grace);
  expect(page.model.channels.value).toBeUndefined();
});

test("W6: a page that fell behind says what it holds, opens its channel again, and sends on", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  await page.opens(socket, [messageOf(1, grace)], 1);
  socket.says({ op: "lagged" });
  const resume = await socket.hears("resume");
  expect(resume).toMatchObject({
    epoch: "first",
    streams: [
      { stream: ada, cursor: 2 },
      { stream: direct, cursor: 1 },
    ],
  });
  page.model.say(direct, "meanwhile");
  const { ref } = await socket.hears("send");
  socket.says(intervalOf(1, 3, [messageOf(2, grace), messageOf(3, grace)]));
  socket.says({ op: "caughtUp" }, { op: "done", ref: resume.ref });
  expect(await socket.hears("open")).toMatchObject({ channel: direct, cursor: 3 });
  await socket.commands.next((command) => command.op === "people" && command.ids.length > 0);
  socket.says({ op: "sent", ref, fates: [{ seq: 4, createdAt: 5, code: null }] });
  await page.showsBodies("said at 1", "said at 2", "said at 3", "meanwhile");
  expect(page.model.link.value).toEqual({ state: "open" });
});

test("W6: what a page says it holds is said again where it is refused, as long as the socket is there", async () => {
  await using page = new ScriptedPage();
  const { socket } = await page.arrives();
  const refuses = async (ref: number): Promise<void> => {
    const code = "unavailable";
    socket.says({ op: "refusal", ref, code, detail: "", retryAfterMs: 2_000 });
    await page.heard(socket);
  };
  socket.says({ op: "lagged" });
  const first = await socket.hears("resume");
  await refuses(first.ref);
  page.clock.pass(1_999);
  await page.said(socket);
  expect(socket.commands.all.filter(({ op }) => op === "resume")).toHaveLength(1);
  page.clock.pass(1);
  const second = await socket.hears("resume");
  expect(second.streams).toEqual(first.streams);
  await refuses(second.ref);
  socket.breaks();
  await until(page.model.link, ({ state }) => state !== "open");
  page.clock.pass(1_999);
  const next = await page.arrives();
  expect(next.hello.streams).toEqual(first.streams);
  await page.heard(next.socket);
  page.clock.pass(10_000);
  await page.said(next.socket);
  expect(next.socket.commands.all.some(({ op }) => op === "resume")).toBe(false);
});

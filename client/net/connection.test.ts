import { expect, test } from "bun:test";

import { closes, refusals, type CloseName } from "#wire/codes.ts";
import { opcode } from "#wire/opcode.ts";
import { subprotocols } from "#wire/version.ts";

import { socketUrl } from "../sdk/surroundings.ts";
import type { Link } from "../store/model.ts";
import { connect } from "../test/connect.ts";
import { ScriptedServer } from "../test/scripted-server.ts";

test("U16: the socket is secure where the page is", () => {
  expect(socketUrl("http://parley.test:3000")).toBe("ws://parley.test:3000/ws");
  expect(socketUrl("https://parley.test")).toBe("wss://parley.test/ws");
});

test("the first frame is a hello with the token and all cursors, in the subprotocol; welcome opens the link", async () => {
  await using server = new ScriptedServer();
  using page = connect(server, {
    greeting: () => ({ epoch: "first", streams: [{ stream: 1 as never, cursor: 42 }] }),
  });
  page.connection.start();
  const socket = await server.socket();
  expect(socket.protocol).toBe(subprotocols.binary);
  const hello = await socket.welcomes();
  expect(hello).toMatchObject({ token: "held", epoch: "first", streams: [{ cursor: 42 }] });
  expect(socket.commands.all[0]).toBe(hello);
  await page.is("open");
});

test("every command gets its own reply, in whatever order they come, and one that nobody asked for harms nothing", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  const socket = await server.socket();
  await socket.welcomes();
  await page.is("open");

  const first = page.connection.ask({ op: "createDirect", user: 2 as never });
  const second = page.connection.ask({ op: "ping" });
  const direct = await socket.hears("createDirect");
  const ping = await socket.hears("ping");
  socket.says(
    { op: "done", ref: 999 },
    { op: "pong", ref: ping.ref, now: 5 },
    { op: "refusal", ref: direct.ref, code: "user_unknown", detail: "", retryAfterMs: 0 },
  );
  expect(await second).toMatchObject({ op: "pong", now: 5 });
  expect(await first).toMatchObject({ op: "refusal", code: "user_unknown" });
});

test("what is unanswered when the socket breaks is lost, and said so", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  const socket = await server.socket();
  await socket.welcomes();
  await page.is("open");
  const asked = page.connection.ask({ op: "createDirect", user: 2 as never });
  await socket.hears("createDirect");
  socket.breaks();
  expect(await asked).toEqual({ op: "lost" });
  expect(await page.connection.ask({ op: "ping" })).toEqual({ op: "lost" });
});

test("P3 U15: a ping goes at every heartbeat; a server that says nothing at all afterwards is left", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  const socket = await server.socket();
  await socket.welcomes();
  await page.is("open");

  page.clock.pass(25_000);
  const ping = await socket.hears("ping");
  socket.says({ op: "pong", ref: ping.ref, now: 0 }, { op: "caughtUp" });
  await page.events.next();
  page.clock.pass(25_000);
  await socket.hears("ping");
  expect(page.connection.link.value.state).toBe("open");

  page.clock.pass(10_000);
  await page.is("quiet");
  await socket.ended.promise;
  page.clock.pass(100);
  await (await server.socket()).welcomes();
});

test("a new token is given to the living socket before the old one ends", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  const socket = await server.socket();
  await socket.welcomes();
  socket.says({ op: "tokenExpiring", at: page.clock.now() + 60_000 });
  expect((await socket.hears("renew")).token).toBe("fresh");
  expect(page.tokens.all).toEqual([{ fresh: false }, { fresh: true }]);
});

test("a hello that is refused for its token is said again with a new one; the third time is an end", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  const tokens: string[] = [];
  for (let attempt = 0; attempt < 3; attempt++) {
    const socket = await server.socket();
    const { ref, token } = await socket.hears("hello");
    tokens.push(token);
    socket.says({ op: "refusal", ref, code: "token_expired", detail: "", retryAfterMs: 0 });
    await socket.ended.promise;
    page.clock.pass(1_000);
  }
  expect(tokens).toEqual(["held", "fresh", "fresh"]);
  expect(await page.ended.next()).toBe("expired");
});

/** What the page does about the end of a socket, for each code of the table. */
const outcomes: Record<CloseName, "comes back" | "comes back with a new token" | Link> = {
  restart: "comes back",
  hello_late: "comes back",
  slow_down: "comes back",
  behind: "comes back",
  resync: "comes back",
  idle: "comes back",
  token_invalid: "comes back with a new token",
  token_expired: "comes back with a new token",
  protocol_error: { state: "outdated" },
  frame_too_large: { state: "outdated" },
  user_inactive: { state: "signed_out", why: "inactive" },
  session_ended: { state: "signed_out", why: "left" },
};

test.each(Object.entries(outcomes))(
  "closed with %s, the page does what the table says",
  async (name, outcome) => {
    await using server = new ScriptedServer();
    using page = connect(server);
    page.connection.start();
    const socket = await server.socket();
    await socket.welcomes();
    await page.is("open");
    socket.ends(closes[name as CloseName].number);
    if (typeof outcome === "object") {
      expect(await page.is(outcome.state)).toEqual(outcome);
      expect(page.clock.nextMs).toBeUndefined();
      expect(server.socketCount).toBe(1);
      return;
    }
    await page.is("quiet");
    page.clock.pass(150);
    const { token } = await (await server.socket()).hears("hello");
    expect(token).toBe(outcome === "comes back" ? "held" : "fresh");
  },
);

test("a server of another protocol version asks for a reload, not for another attempt", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  await (await server.socket()).welcomes({ version: 99 });
  await page.is("outdated");
  expect(page.clock.nextMs).toBeUndefined();
});

test("bytes that are no frame end the socket and not the page", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  const socket = await server.socket();
  await socket.welcomes();
  await page.is("open");
  socket.saysBytes(new Uint8Array([0xc1, opcode.interval]));
  await page.is("quiet");
  page.clock.pass(150);
  await (await server.socket()).welcomes();
  await page.is("open");
});

test("an attempt that nobody answers is given up", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  const socket = await server.socket();
  await socket.hears("hello");
  page.clock.pass(1_500);
  await page.is("offline");
  page.clock.pass(13_500);
  await socket.ended.promise;
  page.clock.pass(100);
  await (await server.socket()).welcomes();
  await page.is("restored");
});

test("every refusal has an answer of the page", () => {
  const actions = new Set(Object.values(refusals).map(({ client }) => client));
  expect(Array.from(actions).sort()).toEqual(["nothing", "resync", "retry", "sign_in"]);
});

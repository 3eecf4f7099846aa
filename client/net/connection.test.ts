import { expect, test } from "bun:test";

import { closes, refusals, type CloseName } from "#wire/codes.ts";
import type { Event } from "#wire/event.ts";
import { opcode } from "#wire/opcode.ts";
import { subprotocols } from "#wire/version.ts";

import { socketUrl } from "../sdk/surroundings.ts";
import type { Link } from "../store/model.ts";
import { HandClock } from "../test/hand-clock.ts";
import { Queue } from "../test/queue.ts";
import { ScriptedServer } from "../test/scripted-server.ts";
import { wayTo } from "../test/way-to.ts";
import { Connection, type ConnectionParts } from "./connection.ts";
import type { Token } from "./identity.ts";

/** A connection to a scripted server, by a clock that a test moves; `random` is a half. */
function connect(server: ScriptedServer, changes: Partial<ConnectionParts> = {}) {
  const clock = new HandClock();
  const events = new Queue<Event>();
  const tokens = new Queue<{ fresh: boolean }>();
  const ended = new Queue<string>();
  const links = new Queue<Link>();
  const connection = new Connection({
    way: wayTo(server.origin, clock),
    clock,
    random: () => 0.5,
    log: () => undefined,
    isOnline: () => true,
    tokens: {
      token: (want = { fresh: false }): Promise<Token> => {
        tokens.add(want);
        return Promise.resolve({ token: want.fresh ? "fresh" : "held" });
      },
      ended: (why) => {
        ended.add(why);
        connection.stop((link) => link.signedOut(why));
      },
    },
    greeting: () => ({ epoch: "first", streams: [] }),
    welcomed: () => undefined,
    receive: (event) => events.add(event),
    lost: () => undefined,
    ...changes,
  });
  connection.link.subscribe((link) => links.add(link));
  const is = (state: Link["state"]) => links.next((link) => link.state === state);
  return {
    connection,
    clock,
    events,
    tokens,
    ended,
    is,
    [Symbol.dispose]: () => connection.stop((link) => link.connecting()),
  };
}

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

test("W8: after a goodbye the page comes back at the time that it was told, and after that as always", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  const socket = await server.socket();
  await socket.welcomes();
  await page.is("open");
  socket.says({ op: "goodbye", returnAfterMs: 1_250 });
  socket.ends(closes.restart.number);
  await page.is("quiet");
  page.clock.pass(1_249);
  expect(page.tokens.all).toHaveLength(1); // A token is what an attempt begins with.
  page.clock.pass(1);
  expect(page.tokens.all).toHaveLength(2);
  const again = await server.socket();
  await again.welcomes();
  await page.is("open");

  again.breaks();
  await page.is("quiet");
  page.clock.pass(125);
  await (await server.socket()).welcomes();
});

test("E12: the first retry comes within 200 ms, the others after a doubling jitter of at most 30 s", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  const first = await server.socket();
  await first.hears("hello");
  page.clock.pass(1_500);
  await page.is("offline");
  first.breaks();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 10; attempt++) {
    const waiting = (await page.is("waiting")) as Link & { state: "waiting" };
    waits.push(waiting.retryAtMs - page.clock.now());
    page.clock.pass(waits[attempt]!);
    const socket = await server.socket();
    await socket.hears("hello");
    socket.breaks();
  }
  expect(waits).toEqual([100, 125, 250, 500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
});

test("E12: a server that welcomes and throws out at once is not stormed", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  let socket = await server.socket();
  const waits: (number | undefined)[] = [];
  for (let attempt = 0; attempt < 4; attempt++) {
    await socket.welcomes();
    await page.is("open");
    socket.ends(closes.slow_down.number);
    await page.is("quiet");
    waits.push(page.clock.nextMs);
    page.clock.pass(waits[attempt]!);
    socket = await server.socket();
  }
  expect(waits).toEqual([100, 125, 250, 500]);
  await socket.welcomes();
  await page.is("open");
  page.clock.pass(5_000);
  socket.ends(closes.restart.number);
  await page.is("quiet");
  expect(page.clock.nextMs).toBe(100);
});

test("U10: a short break is not worth a word; a longer one is said, and so is its end", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  let socket = await server.socket();
  await socket.welcomes();
  await page.is("open");

  socket.breaks();
  await page.is("quiet");
  page.clock.pass(100);
  socket = await server.socket();
  await socket.welcomes();
  await page.is("open");
  page.clock.pass(5_000);

  socket.breaks();
  await page.is("quiet");
  page.clock.pass(100);
  socket = await server.socket();
  await socket.hears("hello");
  expect(page.connection.link.value.state).toBe("quiet");
  page.clock.pass(1_400);
  await page.is("waiting");
  socket.breaks();
  const waiting = (await page.is("waiting")) as Link & { state: "waiting" };
  expect(waiting.retryAtMs - page.clock.now()).toBe(125);
  page.clock.pass(125);
  socket = await server.socket();
  await socket.welcomes();
  await page.is("restored");
  page.clock.pass(1_500);
  await page.is("open");
});

test("U10: where the browser itself says that there is no network, the page says so", async () => {
  await using server = new ScriptedServer();
  using page = connect(server, { isOnline: () => false });
  page.connection.start();
  const socket = await server.socket();
  await socket.welcomes();
  await page.is("open");
  page.connection.suspect();
  await socket.hears("ping");
  page.clock.pass(2_000);
  await page.is("quiet");
  page.clock.pass(1_500);
  await page.is("offline");
});

test("E12: whoever says that the network is back is believed at once", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  const socket = await server.socket();
  await socket.welcomes();
  await page.is("open");
  socket.breaks();
  await page.is("quiet");

  page.connection.hurry();
  await (await server.socket()).welcomes();
  await page.is("open");
});

test("E12: an attempt that hangs is not waited for when the network comes back", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  const hanging = await server.socket();
  await hanging.hears("hello");
  page.connection.hurry();
  page.clock.pass(2_000);
  expect(server.socketCount).toBe(1);
  page.connection.hurry();
  await hanging.ended.promise;
  await (await server.socket()).welcomes();
  await page.is("restored");
});

test("U15: a ping goes at every heartbeat; a server that says nothing at all afterwards is left", async () => {
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

test("E12: after a sleep the socket is tried at once; one that does not answer within 2 s is left", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  const socket = await server.socket();
  await socket.welcomes();
  await page.is("open");

  page.clock.sleep(20_000);
  await socket.hears("ping");
  expect(page.connection.link.value.state).toBe("open");
  page.clock.pass(2_000);
  await page.is("quiet");
});

test("E12: after a sleep that no server waits out the socket is not even tried", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  await (await server.socket()).welcomes();
  await page.is("open");
  page.clock.sleep(3_600_000);
  await page.is("quiet");
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
    page.clock.pass(100);
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
  page.clock.pass(100);
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

/** When a page comes back after its socket went. */
import { expect, test } from "bun:test";

import { closes } from "#wire/codes.ts";

import type { Link } from "../store/model.ts";
import { connect } from "../test/connect.ts";
import { ScriptedServer } from "../test/scripted-server.ts";

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
  page.clock.pass(150);
  await (await server.socket()).welcomes();
});

test("E12: the first retry comes within 200 ms, 18 within 300 ms each, the others after a doubling jitter of at most 30 s", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  const first = await server.socket();
  await first.hears("hello");
  page.clock.pass(1_500);
  await page.is("offline");
  first.breaks();
  const waits: number[] = [];
  for (let attempt = 0; attempt < 28; attempt++) {
    const waiting = (await page.is("waiting")) as Link & { state: "waiting" };
    waits.push(waiting.retryAtMs - page.clock.now());
    page.clock.pass(waits[attempt]!);
    const socket = await server.socket();
    await socket.hears("hello");
    socket.breaks();
  }
  const short = Array.from({ length: 18 }, () => 150);
  expect(waits).toEqual([
    100,
    ...short,
    ...[300, 600, 1_200, 2_400, 4_800, 9_600, 15_000, 15_000, 15_000],
  ]);
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
  expect(waits).toEqual([150, 300, 600, 1_200]);
  await socket.welcomes();
  await page.is("open");
  page.clock.pass(5_000);
  socket.ends(closes.restart.number);
  await page.is("quiet");
  expect(page.clock.nextMs).toBe(100);
});

test("S8 E12: a hello that is refused by slow down is said again when the server says, and no sooner", async () => {
  await using server = new ScriptedServer();
  using page = connect(server);
  page.connection.start();
  const socket = await server.socket();
  const { ref } = await socket.hears("hello");
  socket.says({ op: "refusal", ref, code: "slow_down", detail: "", retryAfterMs: 60_000 });
  await socket.ended.promise;
  // An attempt begins with its token.
  page.clock.pass(59_999);
  expect(page.tokens.all).toHaveLength(1);
  page.clock.pass(1);
  expect(page.tokens.all).toHaveLength(2);
  await (await server.socket()).welcomes();
  await page.is("restored");
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
  page.clock.pass(150);
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
  expect(waiting.retryAtMs - page.clock.now()).toBe(150);
  page.clock.pass(150);
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

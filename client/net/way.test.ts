import { expect, test } from "bun:test";

import { closes } from "#wire/codes.ts";
import type { Command } from "#wire/command.ts";

import { HandClock } from "../test/hand-clock.ts";
import { Queue } from "../test/queue.ts";
import type { Carrier, Listener, OpenCarrier } from "./carrier.ts";
import { Way } from "./way.ts";

/** A carrier that a test speaks for. */
interface Tried extends Listener {
  readonly sent: Command[];
  isClosed: boolean;
}

function begin({ answers = true, wasBlocked = false, streamed = true } = {}) {
  const clock = new HandClock();
  const tried = new Queue<Tried>();
  const webSocket: OpenCarrier = (listener): Carrier => {
    const one: Tried = { ...listener, sent: [], isClosed: false };
    tried.add(one);
    return { send: (command) => one.sent.push(command), close: () => (one.isClosed = true) };
  };
  const stream: OpenCarrier = () => ({ send: () => undefined, close: () => undefined });
  const server = { answers };
  let isBlocked = wasBlocked;
  const way = new Way({
    clock,
    log: () => undefined,
    webSocket,
    streamed: () => (streamed ? Promise.resolve(stream) : Promise.reject(new Error("not here"))),
    answers: () => Promise.resolve(server.answers),
    isBlocked: { get: () => isBlocked, set: (is) => void (isBlocked = is) },
  });
  const next = async () => ((await way.open()) === webSocket ? "websocket" : "stream");
  return { way, clock, tried, server, next, isRemembered: () => isBlocked };
}

test("E10: after two upgrades that failed while the server answered otherwise the stream is taken, after one it is not", async () => {
  const { way, next, isRemembered } = begin();
  expect(await next()).toBe("websocket");
  await way.failed();
  expect([await next(), way.isStreamed.value, isRemembered()]).toEqual(["websocket", false, false]);
  await way.failed();
  expect([await next(), way.isStreamed.value, isRemembered()]).toEqual(["stream", true, true]);
});

test("E10: a server that is away says nothing about WebSocket, and a socket that was welcomed clears the count", async () => {
  const { way, server, next } = begin({ answers: false });
  for (let failure = 0; failure < 5; failure++) await way.failed();
  expect(await next()).toBe("websocket");
  server.answers = true;
  await way.failed();
  way.welcomed(() => undefined);
  await way.failed();
  expect(await next()).toBe("websocket");
  await way.failed();
  expect(await next()).toBe("stream");
});

test("E10: two streams that fail lead back to WebSocket", async () => {
  const { way, next } = begin({ wasBlocked: true });
  expect(await next()).toBe("stream");
  await way.failed();
  expect(await next()).toBe("stream");
  await way.failed();
  expect(await next()).toBe("websocket");
});

test("E10: where the stream's code can't be fetched it goes on with WebSocket", async () => {
  const { next } = begin({ wasBlocked: true, streamed: false });
  expect(await next()).toBe("websocket");
});

test("E10: beside the stream WebSocket is tried after 30 s, then every 5 min, and taken when something came through it", async () => {
  const { way, clock, tried, next, isRemembered } = begin();
  let better = 0;
  await way.failed();
  await way.failed();
  way.welcomed(() => better++);
  clock.pass(29_999);
  expect(tried.all).toHaveLength(0);
  clock.pass(1);
  const first = await tried.next();
  first.closed(1006);
  expect([first.isClosed, better]).toEqual([true, 0]);
  clock.pass(299_999);
  expect(tried.all).toHaveLength(1);
  clock.pass(1);
  const second = await tried.next(({ isClosed }) => !isClosed);
  // It opens, and nothing comes: no reason to change.
  second.opened();
  expect(second.sent).toEqual([{ op: "ping", ref: 1 }]);
  clock.pass(10_000);
  expect([second.isClosed, better, await next()]).toEqual([true, 0, "stream"]);
  clock.pass(300_000);
  const third = await tried.next(({ isClosed }) => !isClosed);
  third.opened();
  third.heard("[]");
  expect([third.isClosed, better, await next(), isRemembered()]).toEqual([
    true,
    1,
    "websocket",
    false,
  ]);
  clock.pass(600_000);
  expect(tried.all).toHaveLength(3);
});

test("E10: a close with a number of ours came from the server: WebSocket gets through", async () => {
  const { way, clock, tried, next } = begin({ wasBlocked: true });
  way.welcomed(() => undefined);
  clock.pass(0);
  (await tried.next()).closed(closes.restart.number);
  expect(await next()).toBe("websocket");
});

test("E10: a page of a browser that was blocked begins with the stream and tries WebSocket at once, and never when the connection is gone", async () => {
  const { way, clock, tried, next } = begin({ wasBlocked: true });
  expect(await next()).toBe("stream");
  way.welcomed(() => undefined);
  way.rest();
  clock.pass(600_000);
  expect(tried.all).toHaveLength(0);
  way.welcomed(() => undefined);
  clock.pass(0);
  const one = await tried.next();
  way.rest();
  expect(one.isClosed).toBe(true);
});

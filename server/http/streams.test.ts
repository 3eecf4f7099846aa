import { expect, test } from "bun:test";
import type { ChatParts } from "../chat/parts.ts";
import { BusAway } from "../fanout/bus.ts";
import { MemoryHub } from "../fanout/memory-bus.ts";
import { chatParts } from "../test/chat-parts.ts";
import { testApp } from "../test/app.ts";
import { testDatabase } from "../test/database.ts";
import { readConfig } from "../config.ts";
import { openLimits } from "./open-limits.ts";
import { Streams } from "./streams.ts";

const limiting = openLimits(readConfig({}), Date.now);

test("E10: a command that comes to another worker than its stream's is executed there, in the order of its number", async () => {
  await using database = await testDatabase();
  const hub = new MemoryHub();
  const start = (done: string[]) => {
    const bus = hub.connect((_, bytes) => streams.forwarded(bytes));
    const streams: Streams = new Streams({
      chat: chatParts(database.sql) as unknown as ChatParts,
      dispatch: (_, command) => {
        done.push(command.op);
        return { reply: { op: "pong", now: 0 } };
      },
      ...limiting,
      left: () => undefined,
      drained: (session) => session.drained(),
      forward: (topic, bytes) => bus.publish(topic, bytes),
    });
    return { streams, ready: bus.subscribe([streams.topic]) };
  };
  const [here, there]: [string[], string[]] = [[], []];
  const [one, other] = [start(here), start(there)];
  await Promise.all([one.ready, other.ready]);
  const { id } = one.streams.open("192.0.2.1", (frame) => frame);
  const [ping, close] = [JSON.stringify([13, 1]), JSON.stringify([7, 2, 5])];
  expect(await other.streams.take(id, 2, close)).toBe("taken");
  expect(here).toEqual([]);
  expect(await other.streams.take(id, 1, ping)).toBe("taken");
  await Promise.resolve();
  expect([here, there]).toEqual([["ping", "close"], []]);
  expect(await other.streams.take("of-nobody", 1, ping)).toBe("gone");
  expect(await one.streams.take(id.replace(/.$/, "x"), 3, ping)).toBe("gone");
});

test("W7: a repetition of what was taken leaves nothing behind", async () => {
  await using app = await testApp();
  const { streams } = app.parts;
  const { id, ahead } = streams.open("192.0.2.1", (frame) => frame);
  for (let time = 0; time < 3; time++) expect(await streams.take(id, 1, "[13,1]")).toBe("taken");
  expect(ahead.size).toBe(0);
});

test("E10: a command for another worker's stream is not taken while the bus is away", async () => {
  await using database = await testDatabase();
  const streams = new Streams({
    chat: chatParts(database.sql) as unknown as ChatParts,
    dispatch: () => ({ reply: { op: "pong", now: 0 } }),
    ...limiting,
    left: () => undefined,
    drained: (session) => session.drained(),
    forward: () => Promise.reject(new BusAway()),
  });
  const ofAnother = `00000000-${"0".repeat(32)}`;
  expect(await streams.take(ofAnother, 1, "[13,1]")).toBe("away");
});

test("W8: a server that drains begins no stream that it would have to end at once", async () => {
  await using app = await testApp({ isDraining: () => true });
  const browser = app.browser();
  const begun = await browser.post("/api/v1/stream", [1, 1, "token", "", []]);
  const read = await browser.get("/api/v1/stream/events?ticket=of-nobody");
  expect([begun.status, read.status]).toEqual([503, 503]);
});

import { expect, test } from "bun:test";

import type { ChannelId } from "#wire/ids.ts";

import { Asking, turn } from "../test/asking.ts";
import { HandClock } from "../test/hand-clock.ts";
import { PointerSender } from "./pointers.ts";

const lobby = 7 as ChannelId;
const engineRoom = 8 as ChannelId;

const read = (channel: ChannelId, readSeq: number, deliveredSeq = readSeq) => ({
  channel,
  readSeq,
  deliveredSeq,
  readFrom: null,
});

test("pointers leave at once, and then at most once per second, merged", () => {
  const clock = new HandClock();
  const server = new Asking();
  const sender = new PointerSender(server.ask, clock);
  sender.open();
  sender.read(lobby, 3);
  sender.read(lobby, 4);
  sender.delivered(lobby, 9);
  sender.read(lobby, 6);
  sender.delivered(engineRoom, 2);
  expect(server.told).toEqual([{ op: "read", pointers: [read(lobby, 3)] }]);
  clock.pass(999);
  expect(server.told).toHaveLength(1);
  clock.pass(1);
  const received = { channel: engineRoom, readSeq: null, deliveredSeq: 2, readFrom: null };
  expect(server.told[1]).toEqual({ op: "read", pointers: [read(lobby, 6, 9), received] });
  clock.pass(10_000);
  expect(server.told).toHaveLength(2);
});

test("a pointer whose answer was lost goes again on the next socket, and one that the server refused does not", async () => {
  const clock = new HandClock();
  const server = new Asking();
  const sender = new PointerSender(server.ask, clock);
  sender.open();
  sender.read(lobby, 3);
  sender.pause();
  (await server.questions.next()).answer({ op: "lost" });
  await turn();
  expect(server.told).toHaveLength(1);
  sender.open();
  const again = await server.questions.next();
  expect(server.told[1]).toEqual({ op: "read", pointers: [read(lobby, 3)] });
  const refused = { op: "refusal", ref: 1, detail: "", retryAfterMs: 0 } as const;
  again.answer({ ...refused, code: "unavailable" });
  await turn();
  clock.pass(1_000);
  const third = await server.questions.next();
  third.answer({ ...refused, code: "not_a_member" });
  await turn();
  clock.pass(10_000);
  expect(server.told).toHaveLength(3);
});

test("pointers of another history are forgotten: its numbers mean other messages", async () => {
  const clock = new HandClock();
  const server = new Asking();
  const sender = new PointerSender(server.ask, clock);
  sender.read(lobby, 30);
  sender.forget();
  sender.open();
  await turn();
  expect(server.told).toEqual([]);
  sender.read(lobby, 2);
  expect(server.told).toEqual([{ op: "read", pointers: [read(lobby, 2)] }]);
});

import { expect, test } from "bun:test";

import type { ChannelId } from "#wire/ids.ts";

import { Asking } from "../test/asking.ts";
import { HandClock } from "../test/hand-clock.ts";
import { TypingSender } from "./typing-sender.ts";

const lobby = 7 as ChannelId;
const engineRoom = 8 as ChannelId;

test("T3: typing is repeated at most every 2 s, however many keys are struck", () => {
  const clock = new HandClock();
  const server = new Asking();
  const sender = new TypingSender(server.ask, clock, () => true);
  for (let key = 0; key < 50; key++) {
    sender.types(lobby);
    clock.pass(100);
  }
  expect(server.told).toEqual([
    { op: "typing", channel: lobby, typing: true },
    { op: "typing", channel: lobby, typing: true },
    { op: "typing", channel: lobby, typing: true },
  ]);
});

test("T2: 3 s after the last key one has stopped; so also on sending and in another channel", () => {
  const clock = new HandClock();
  const server = new Asking();
  const sender = new TypingSender(server.ask, clock, () => true);
  sender.types(lobby);
  clock.pass(2_999);
  expect(server.told).toHaveLength(1);
  clock.pass(1);
  expect(server.told[1]).toEqual({ op: "typing", channel: lobby, typing: false });
  clock.pass(10_000);
  sender.stop();
  expect(server.told).toHaveLength(2);

  sender.types(lobby);
  sender.types(engineRoom);
  expect(server.told.slice(2)).toEqual([
    { op: "typing", channel: lobby, typing: true },
    { op: "typing", channel: lobby, typing: false },
    { op: "typing", channel: engineRoom, typing: true },
  ]);
});

test("B38: nothing is said of writing where one hides it, from the next key on", () => {
  const clock = new HandClock();
  const server = new Asking();
  let isShown = false;
  const sender = new TypingSender(server.ask, clock, () => isShown);
  sender.types(lobby);
  clock.pass(3_000);
  expect(server.told).toEqual([]);
  isShown = true;
  sender.types(lobby);
  expect(server.told).toEqual([{ op: "typing", channel: lobby, typing: true }]);
});

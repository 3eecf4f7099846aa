import { expect, test } from "bun:test";
import { decodeAnswers } from "#wire/codec.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { loneSession } from "../test/lone-session.ts";
import { Balance, balanceLimits, excessOf, sendAway } from "./balance.ts";

const { spareSockets } = balanceLimits;

test("W8: a worker far above the mean of all sends a tenth away, and never below the mean", () => {
  expect(excessOf(4_000, [0])).toBe(400);
  expect(excessOf(4_000, [0, 0, 0])).toBe(400);
  // 700 and 400: 550 on average, and 875 would be too many.
  expect(excessOf(700, [400])).toBe(0);
  expect(excessOf(201, [0])).toBe(21);
});

test("W8: chance, few sockets and being alone are no imbalance", () => {
  expect(excessOf(1_000, [])).toBe(0);
  // Of 3,000 on two, 1,500 on average: 2,300 are within half of it and the spare, one more is not.
  expect(excessOf(2_300, [700])).toBe(0);
  expect(excessOf(2_301, [699])).toBeGreaterThan(0);
  // Alone with one other that has nobody: twice the mean is only too many beyond the spare.
  expect(excessOf(4 * spareSockets, [0])).toBe(0);
  expect(excessOf(4 * spareSockets + 1, [0])).toBeGreaterThan(0);
});

test("W8: only who stands above the others twice in a row sends sockets away, for what is known of them is late", () => {
  const balance = new Balance();
  expect(balance.look(500, [60])).toBe(0);
  expect(balance.look(900, [880])).toBe(0);
  expect(balance.look(900, [0])).toBe(0);
  expect(balance.look(900, [0])).toBe(90);
  expect(balance.look(810, [90])).toBe(81);
});

test("W8: the oldest that have nothing under way are told when to come back, and are closed", () => {
  const identity = { userId: 11 as UserId, name: "Ada", sessionId: "one" };
  const lone = Array.from({ length: 5 }, () => loneSession());
  for (const { session } of lone) session.identity = identity;
  lone[0]!.session.sending.add(21 as ChannelId);
  lone[1]!.session.isListenerOnly = true;
  lone[2]!.session.identity = undefined;
  sendAway(
    lone.map(({ session }) => session),
    1,
  );
  expect(lone.map(({ socket }) => socket.closedWith?.[0])).toEqual([
    undefined,
    undefined,
    undefined,
    1012,
    undefined,
  ]);
  expect(lone[3]!.socket.sent.flatMap((frame) => decodeAnswers(frame))).toMatchObject([
    { op: "goodbye" },
  ]);
});

import { expect, test } from "bun:test";
import { decodeAnswers } from "#wire/codec.ts";
import type { StreamId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { loneSession } from "../test/lone-session.ts";
import { Backpressure, backpressureLimits } from "./backpressure.ts";
import { sessionLimits } from "./session.ts";
import { Sessions } from "./sessions.ts";

const user = { userId: 11 as UserId, name: "Ada", sessionId: "one" };
const lagMs = limits.lagSecondsMax * 1_000;
const behind = [4007, "behind"];

/** Some sockets at one worker, and who was taken off its topics. */
function begin() {
  const sessions = new Sessions();
  const left: unknown[] = [];
  const time = { nowMs: 0 };
  const backpressure = new Backpressure({
    sessions,
    leaveTopics: (session) => left.push(session),
    now: () => time.nowMs,
    soon: setImmediate,
  });
  const join = (waitingBytes = 0) => {
    const lone = loneSession();
    lone.session.identity = user;
    lone.socket.waitingBytes = waitingBytes;
    sessions.add(lone.session);
    return lone;
  };
  return { backpressure, join, left, time };
}

test("W6: who is over the budget leaves the topics, who is at it does not", () => {
  const { backpressure, join, left } = begin();
  const [at, over] = [join(sessionLimits.budgetBytes), join(sessionLimits.budgetBytes + 1)];
  backpressure.look();
  backpressure.look();
  expect(left).toEqual([over.session]);
  expect([at.session.isListening, over.session.isListening]).toEqual([true, false]);
  expect(over.socket.closedWith).toBeUndefined();
});

test("W6: a lagging reader is asked what it holds once it has read everything, and not before", () => {
  const { backpressure, join } = begin();
  const { socket } = join(sessionLimits.budgetBytes + 1);
  backpressure.look();
  socket.waitingBytes = 1;
  backpressure.look();
  expect(socket.sent).toEqual([]);
  socket.waitingBytes = 0;
  backpressure.look();
  backpressure.look();
  expect(socket.sent.flatMap((frame) => decodeAnswers(frame))).toEqual([{ op: "lagged" }]);
});

test("W6: who has not read what waited within 45 s, or does not answer within 45 s more, is closed", () => {
  const { backpressure, join, time } = begin();
  const [still, silent] = [
    join(sessionLimits.budgetBytes + 1),
    join(sessionLimits.budgetBytes + 1),
  ];
  backpressure.look();
  time.nowMs = lagMs;
  silent.socket.waitingBytes = 0;
  backpressure.look();
  expect(still.socket.closedWith).toBeUndefined();
  time.nowMs++;
  backpressure.look();
  expect(still.socket.closedWith).toEqual(behind as [number, string]);
  time.nowMs = 2 * lagMs;
  backpressure.look();
  expect(silent.socket.closedWith).toBeUndefined();
  time.nowMs++;
  backpressure.look();
  expect(silent.socket.closedWith).toEqual(behind as [number, string]);
});

test("W6: more than 8 MiB wait for nobody", () => {
  const { backpressure, join } = begin();
  const { socket } = join(backpressureLimits.waitingBytesMax);
  backpressure.look();
  expect(socket.closedWith).toBeUndefined();
  socket.waitingBytes++;
  backpressure.look();
  expect(socket.closedWith).toEqual(behind as [number, string]);
});

test("W6: who can only listen, or has not said hello, is closed over the budget", () => {
  const { backpressure, join, left } = begin();
  const [listener, stranger] = [
    join(sessionLimits.budgetBytes + 1),
    join(sessionLimits.budgetBytes + 1),
  ];
  listener.session.isListenerOnly = true;
  stranger.session.identity = undefined;
  backpressure.look();
  for (const { socket } of [listener, stranger]) {
    expect(socket.closedWith).toEqual(behind as [number, string]);
  }
  expect(left).toEqual([]);
});

test("W6: everybody is looked at as soon as a mebibyte was published, and not for less", async () => {
  const { backpressure, join, left } = begin();
  join(sessionLimits.budgetBytes + 1);
  backpressure.published(backpressureLimits.sweepBytes);
  await new Promise(setImmediate);
  expect(left).toEqual([]);
  backpressure.published(1);
  await new Promise(setImmediate);
  expect(left).toHaveLength(1);
});

test("W6: a frame that the engine had no room for sends all readers of its stream to ask, and nobody else", () => {
  const { backpressure, join, left } = begin();
  const [reader, other] = [join(), join()];
  reader.session.followed.begin([21 as StreamId], Promise.resolve());
  backpressure.lost(21 as StreamId);
  expect(left).toEqual([reader.session]);
  expect(other.session.isListening).toBe(true);
});

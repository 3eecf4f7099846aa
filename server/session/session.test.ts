import { expect, test } from "bun:test";
import { decodeAnswers, encodeAnswer, jsonOf } from "#wire/codec.ts";
import type { ChannelId, StreamId } from "#wire/ids.ts";
import { defaultShown } from "#wire/row.ts";
import { loneSession } from "../test/lone-session.ts";
import { sessionLimits } from "./session.ts";

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test("W1: the same answer travels as MessagePack or as JSON, and each encoding has its own topic", () => {
  const [binary, json] = [loneSession(), loneSession("json")];
  for (const { session } of [binary, json]) {
    session.send({ op: "pong", ref: 3, now: 42 });
    session.subscribe("{p07}:7");
  }
  expect(json.socket.sent).toEqual(["[72,3,42]"]);
  expect(decodeAnswers(binary.socket.sent[0]!)).toEqual(decodeAnswers("[72,3,42]"));
  expect([...binary.socket.topics, ...json.socket.topics]).toEqual(["{p07}:7", "{p07}:7:json"]);
});

test("B38: of how one is shown the newest counts, also where it is known before an older one was read", () => {
  const { session } = loneSession();
  const [older, newer] = [
    { ...defaultShown, typing: false },
    { ...defaultShown, as: "away" as const },
  ];
  session.show(newer, 5);
  session.show(older, 4);
  expect(session.shown).toEqual(newer);
  session.show(older, 6);
  expect(session.shown).toEqual(older);
});

test("a queued frame is not sent again, a dropped one ends the socket with a code that says resume", () => {
  const { socket, session } = loneSession();
  socket.waitingBytes = 1_000;
  session.send({ op: "caughtUp" });
  expect([socket.sent.length, socket.closedWith]).toEqual([1, undefined]);
  socket.accepts = false;
  session.send({ op: "caughtUp" });
  expect(socket.closedWith).toEqual([4007, "behind"]);
  socket.accepts = true;
  session.send({ op: "caughtUp" });
  expect(socket.sent).toHaveLength(1);
});

test.each(["binary", "json"] as const)(
  "W6: answers to one socket leave in few frames (%s), none of them much beyond 64 KiB, at the reader's pace and in order",
  async (encoding) => {
    const { socket, session } = loneSession(encoding);
    const answers = Array.from({ length: 60 }, (_, at) => ({
      op: "onlineCount" as const,
      channel: 7 as unknown as ChannelId,
      online: at,
    }));
    await session.sendEach(answers);
    expect(socket.sent.map(decodeAnswers)).toEqual([answers]);
    const body = { kind: "group", name: "x".repeat(200) } as const;
    const row = { kind: "settings", entity: 0, version: 1, body } as const;
    const large = (through: number) => ({
      op: "interval" as const,
      stream: 7 as unknown as StreamId,
      from: through - 1,
      through,
      rows: Array.from({ length: 50 }, () => row),
    });
    const size = (encoding === "json" ? jsonOf(encodeAnswer(large(1))) : encodeAnswer(large(1)))
      .length;
    const each = Math.ceil(sessionLimits.bundleBytes / size);
    expect((each - 1) * size).toBeLessThan(sessionLimits.bundleBytes);
    await session.sendEach(Array.from({ length: each + 1 }, (_, at) => large(at + 1)));
    expect(socket.sent[1]!.length).toBeLessThan(64 * 1024 + size);
    const bundles = socket.sent.slice(1).map((frame) => decodeAnswers(frame));
    expect(bundles.map(({ length }) => length)).toEqual([each, 1]);
    expect(bundles.flat()).toMatchObject(
      Array.from({ length: each + 1 }, (_, at) => ({ through: at + 1 })),
    );

    socket.waitingBytes = sessionLimits.budgetBytes / 2 + 1;
    const waiting = session.sendEach(answers);
    await settled();
    expect(socket.sent).toHaveLength(3);
    socket.waitingBytes = 0;
    session.drained();
    await waiting;
    expect(socket.sent).toHaveLength(4);
    session.ended();
    await session.sendEach(answers);
    expect(socket.sent).toHaveLength(4);
  },
);

test("a long answer waits while more than half the budget waits for the reader, and goes on when it has been read", async () => {
  const { socket, session } = loneSession();
  await session.writable();
  socket.waitingBytes = sessionLimits.budgetBytes / 2 + 1;
  let isWritable = false;
  const waiting = session.writable().then(() => (isWritable = true));
  session.drained(); // Not all of it yet.
  await settled();
  expect(isWritable).toBe(false);
  socket.waitingBytes = 0;
  session.drained();
  await waiting;
  socket.waitingBytes = sessionLimits.budgetBytes;
  const lost = session.writable();
  session.ended();
  await lost; // Nobody waits for a socket that is gone.
});

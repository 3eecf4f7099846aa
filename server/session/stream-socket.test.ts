import { expect, test } from "bun:test";
import { limits } from "#wire/limits.ts";
import { Session } from "./session.ts";
import { StreamSocket } from "./stream-socket.ts";
import { Topics } from "./topics.ts";

function begin() {
  const closed: StreamSocket[] = [];
  const topics = new Topics<StreamSocket>();
  const socket = new StreamSocket({
    topics,
    written: (frame) => (frame === "[]" ? undefined : `data: ${frame}\n\n`),
    closed: (one) => closed.push(one),
  });
  const session = new Session(socket, { encoding: "json", nowMs: 0, topicOf: (topic) => topic });
  socket.drained = () => session.drained();
  return { socket, session, topics, closed, reader: socket.body.getReader() };
}

test("W6 E10: a long answer waits while half the budget is unread, and goes on when the reader has taken it", async () => {
  const { socket, session, reader } = begin();
  const frame = JSON.stringify("x".repeat(limits.frameBytesMax));
  for (let sent = 0; sent < 3; sent++) expect(socket.send(frame)).toBe(-1);
  expect(socket.bufferedBytes()).toBeGreaterThan(3 * limits.frameBytesMax);
  let isWritable = false;
  const writable = session.writable().then(() => (isWritable = true));
  await new Promise(setImmediate);
  expect(isWritable).toBe(false);
  for (let read = 0; read < 3; read++)
    expect((await reader.read()).value!.length).toBeGreaterThan(9);
  void reader.read();
  await writable;
  expect(socket.bufferedBytes()).toBe(0);
});

test("E10: what tells its reader nothing is left out, and after the end nothing is taken, and it is told of once", async () => {
  const { socket, topics, closed, reader } = begin();
  socket.subscribe("a topic");
  expect([socket.send("[]"), socket.bufferedBytes()]).toEqual([1, 0]);
  socket.close(4005, "said");
  socket.close(4005, "said");
  expect(new TextDecoder().decode((await reader.read()).value)).toBe(
    'event: close\ndata: {"code":4005,"reason":"said"}\n\n',
  );
  expect((await reader.read()).done).toBe(true);
  expect(socket.send("[1]")).toBe(0);
  expect([closed, topics.isListenedTo("a topic")]).toEqual([[socket], false]);
});

test("E10: who stops reading has left: nothing is published to it any more", async () => {
  const { socket, topics, closed, reader } = begin();
  socket.subscribe("a topic");
  expect(topics.listening("a topic")).toEqual([socket]);
  await reader.cancel();
  expect([closed, topics.isListenedTo("a topic")]).toEqual([[socket], false]);
});

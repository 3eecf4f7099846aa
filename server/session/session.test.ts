import { expect, test } from "bun:test";
import { decodeAnswers, type Frame } from "#wire/codec.ts";
import { checkBudget } from "./deadlines.ts";
import { Session, sessionLimits, type SessionSocket } from "./session.ts";

/** The engine's side of a socket: what was sent, and how much of it a test says is still waiting. */
class Wire implements SessionSocket {
  readonly sent: Frame[] = [];
  readonly topics = new Set<string>();
  waitingBytes = 0;
  accepts = true;
  closedWith: [number, string] | undefined;

  send(frame: Frame): number {
    if (!this.accepts) return 0;
    this.sent.push(frame);
    return this.waitingBytes > 0 ? -1 : frame.length;
  }
  subscribe(topic: string): void {
    this.topics.add(topic);
  }
  unsubscribe(topic: string): void {
    this.topics.delete(topic);
  }
  bufferedBytes(): number {
    return this.waitingBytes;
  }
  close(code: number, reason: string): void {
    this.closedWith = [code, reason];
  }
}

function start(encoding: "binary" | "json" = "binary") {
  const wire = new Wire();
  const session = new Session(wire, { encoding, nowMs: 0, topicOf: (topic) => `${topic}:json` });
  return { wire, session };
}
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

test("W1: the same answer travels as MessagePack or as JSON, and each encoding has its own topic", () => {
  const [binary, json] = [start(), start("json")];
  for (const { session } of [binary, json]) {
    session.send({ op: "pong", ref: 3, now: 42 });
    session.subscribe("{p07}:7");
  }
  expect(json.wire.sent).toEqual(["[72,3,42]"]);
  expect(decodeAnswers(binary.wire.sent[0]!)).toEqual(decodeAnswers("[72,3,42]"));
  expect([...binary.wire.topics, ...json.wire.topics]).toEqual(["{p07}:7", "{p07}:7:json"]);
});

test("a queued frame is not sent again, a dropped one ends the socket with a code that says resume", () => {
  const { wire, session } = start();
  wire.waitingBytes = 1_000;
  session.send({ op: "caughtUp" });
  expect([wire.sent.length, wire.closedWith]).toEqual([1, undefined]);
  wire.accepts = false;
  session.send({ op: "caughtUp" });
  expect(wire.closedWith).toEqual([4007, "behind"]);
  wire.accepts = true;
  session.send({ op: "caughtUp" });
  expect(wire.sent).toHaveLength(1);
});

test("a long answer waits while more than half the budget waits for the reader, and goes on outside of the drain", async () => {
  const { wire, session } = start();
  await session.writable();
  wire.waitingBytes = sessionLimits.budgetBytes / 2 + 1;
  let isWritable = false;
  const waiting = session.writable().then(() => (isWritable = true));
  session.drained(); // Not all of it yet.
  await settled();
  expect(isWritable).toBe(false);
  wire.waitingBytes = 0;
  session.drained();
  for (let microtasks = 0; microtasks < 20; microtasks++) await Promise.resolve();
  expect(isWritable).toBe(false); // Frames of 16 KiB and more that are sent from `drain` can stall.
  await waiting;
  wire.waitingBytes = sessionLimits.budgetBytes;
  const lost = session.writable();
  session.ended();
  await lost; // Nobody waits for a socket that is gone.
});

test("who is over the budget is closed, who is at it is not", () => {
  const { wire, session } = start();
  wire.waitingBytes = sessionLimits.budgetBytes;
  checkBudget(session);
  expect(wire.closedWith).toBeUndefined();
  wire.waitingBytes++;
  checkBudget(session);
  expect(wire.closedWith).toEqual([4007, "behind"]);
});

import { expect, test } from "bun:test";

import type { Command } from "#wire/command.ts";

import { Calls } from "./calls.ts";

function begin() {
  const sent: Command[] = [];
  const calls = new Calls((command) => sent.push(command));
  return { calls, sent };
}

test("no more commands are unanswered than the server allows; the others follow in order", () => {
  const { calls, sent } = begin();
  calls.inFlightMax = 2;
  for (const op of ["ping", "ping", "ping", "ping"] as const) void calls.ask({ op });
  expect(sent.map(({ ref }) => ref)).toEqual([1, 2]);
  calls.answer({ op: "pong", ref: 2, now: 0 });
  expect(sent.map(({ ref }) => ref)).toEqual([1, 2, 3]);
  calls.answer({ op: "pong", ref: 2, now: 0 });
  expect(sent).toHaveLength(3);
});

test("before welcome nothing follows the hello", () => {
  const { calls, sent } = begin();
  void calls.ask({ op: "hello", token: "", epoch: "", streams: [] });
  void calls.ask({ op: "ping" });
  expect(sent.map(({ op }) => op)).toEqual(["hello"]);
});

test("what waits is lost with the socket too, and what is asked afterwards", async () => {
  const { calls, sent } = begin();
  const asked = [calls.ask({ op: "ping" }), calls.ask({ op: "ping" })];
  calls.lose();
  asked.push(calls.ask({ op: "ping" }));
  expect(await Promise.all(asked)).toEqual([{ op: "lost" }, { op: "lost" }, { op: "lost" }]);
  expect(sent).toHaveLength(1);
});

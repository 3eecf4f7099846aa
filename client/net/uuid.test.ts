import { expect, test } from "bun:test";

import { uuid } from "#wire/schema.ts";

import { MessageIds } from "./uuid.ts";

test("ids of messages are of version 7, carry their moment, and sort by their making, also when the clock goes back", () => {
  let nowMs = 0x0123_4567_89ab;
  const ids = new MessageIds(() => nowMs);
  const made = Array.from({ length: 10_000 }, () => ids.next());
  nowMs -= 5_000;
  made.push(ids.next());
  nowMs += 6_000;
  made.push(ids.next());
  for (const id of made) {
    expect(uuid.parse(id, "id")).toBe(id);
    expect(id).toMatch(/^.{14}7.{4}[89ab]/);
  }
  expect(made[0]).toStartWith("01234567-89ab-7");
  expect(new Set(made).size).toBe(made.length);
  expect(made.toSorted()).toEqual(made);
});

import { expect, test } from "bun:test";
import type { UserId } from "#wire/ids.ts";
import { HandClock } from "../test/hand-clock.ts";
import { graceMs, Presence } from "./presence.ts";

const ada = 11 as UserId;

function start() {
  const clock = new HandClock();
  const told: [UserId, boolean, number | null][] = [];
  const presence = new Presence({
    changed: (...change) => void told.push(change),
    now: () => clock.now(),
    after: (ms, call) => clock.after(ms, call),
  });
  return { clock, told, presence };
}

test("P1: one is here from the first socket until 15 s after the last, and each is told once", () => {
  const { clock, told, presence } = start();
  presence.arrived(ada);
  presence.arrived(ada);
  presence.left(ada);
  clock.pass(graceMs);
  expect(told).toEqual([[ada, true, null]]);
  const leftAtMs = clock.now();
  presence.left(ada);
  clock.pass(graceMs - 1);
  expect(presence.here()).toEqual([ada]);
  clock.pass(1);
  expect([presence.here(), told[1]]).toEqual([[], [ada, false, leftAtMs]]);
});

test("P1: when somebody was last seen is kept while they leave, also when it is written meanwhile", () => {
  const { clock, told, presence } = start();
  presence.arrived(ada);
  expect(presence.takeLastSeen()).toEqual(new Map([[ada, clock.now()]]));
  const leftAtMs = clock.now();
  presence.left(ada);
  clock.pass(1_000);
  expect(presence.takeLastSeen()).toEqual(new Map([[ada, leftAtMs]]));
  expect(presence.takeLastSeen()).toEqual(new Map());
  clock.pass(graceMs);
  expect(told.at(-1)).toEqual([ada, false, leftAtMs]);
});

test("nothing of it keeps a process alive after it was stopped", () => {
  const { clock, presence } = start();
  presence.arrived(ada);
  presence.left(ada);
  presence.stop();
  expect(clock.waiting).toBe(0);
});

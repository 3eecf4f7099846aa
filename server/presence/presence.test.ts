import { expect, test } from "bun:test";
import type { UserId } from "#wire/ids.ts";
import { HandClock } from "../test/hand-clock.ts";
import { graceMs, Presence } from "./presence.ts";
import type { PresenceState } from "./registry.ts";

const ada = 11 as UserId;

function start() {
  const clock = new HandClock();
  const told: [UserId, PresenceState, number | null][] = [];
  const presence = new Presence({
    changed: (...change) => void told.push(change),
    now: () => clock.now(),
    after: (ms, call) => clock.after(ms, call),
  });
  return { clock, told, presence };
}

test("P1: one is here from the first socket until 15 s after the last, and each is told once", () => {
  const { clock, told, presence } = start();
  presence.arrived(ada, "here", false);
  presence.arrived(ada, "here", false);
  presence.left(ada, false);
  clock.pass(graceMs);
  expect(told).toEqual([[ada, "here", null]]);
  const leftAtMs = clock.now();
  presence.left(ada, false);
  clock.pass(graceMs - 1);
  expect(presence.here()).toEqual([[ada, "here"]]);
  clock.pass(1);
  expect([presence.here(), told[1]]).toEqual([[], [ada, "offline", leftAtMs]]);
});

test("P1: when somebody was last seen is kept while they leave, also when it is written meanwhile", () => {
  const { clock, told, presence } = start();
  presence.arrived(ada, "here", false);
  expect(presence.takeLastSeen()).toEqual(new Map([[ada, clock.now()]]));
  const leftAtMs = clock.now();
  presence.left(ada, false);
  clock.pass(1_000);
  expect(presence.takeLastSeen()).toEqual(new Map([[ada, leftAtMs]]));
  expect(presence.takeLastSeen()).toEqual(new Map());
  clock.pass(graceMs);
  expect(told.at(-1)).toEqual([ada, "offline", leftAtMs]);
});

test("B12: one is away while nobody is at any of one's devices, and whoever leaves stays as they were until they are gone", () => {
  const { clock, told, presence } = start();
  presence.arrived(ada, "here", false);
  presence.arrived(ada, "here", true);
  presence.went(ada, true);
  presence.went(ada, false);
  presence.left(ada, false);
  presence.left(ada, true);
  clock.pass(graceMs - 1);
  expect(told.map(([, state]) => state)).toEqual(["here", "away", "here", "away"]);
  // What is back is at its device.
  presence.arrived(ada, "here", false);
  expect(presence.stateOf(ada)).toBe("here");
});

test("B12: who wants to be seen away is, at whatever device they are", () => {
  const { told, presence } = start();
  presence.arrived(ada, "away", false);
  presence.shows(ada, "here");
  presence.shows(ada, "away");
  expect(told.map(([, state]) => state)).toEqual(["away", "here", "away"]);
});

test("B38: who wants to be seen offline is gone at once, is in no list, and is not seen later either", () => {
  const { clock, told, presence } = start();
  presence.arrived(ada, "here", false);
  presence.takeLastSeen();
  const hiddenAtMs = clock.now();
  presence.shows(ada, "offline");
  expect(told).toEqual([
    [ada, "here", null],
    [ada, "offline", hiddenAtMs],
  ]);
  expect([presence.here(), presence.stateOf(ada)]).toEqual([[], "offline"]);
  expect(presence.takeLastSeen()).toEqual(new Map([[ada, hiddenAtMs]]));
  clock.pass(60_000);
  expect(presence.takeLastSeen()).toEqual(new Map());
  presence.went(ada, true);
  presence.left(ada, true);
  clock.pass(graceMs);
  expect(presence.takeLastSeen()).toEqual(new Map());
  presence.arrived(ada, "offline", false);
  expect(told).toHaveLength(2);
});

test("what is said of somebody who is not here is nothing", () => {
  const { told, presence } = start();
  presence.shows(ada, "away");
  presence.went(ada, true);
  presence.left(ada, false);
  expect([told, presence.here()]).toEqual([[], []]);
});

test("nothing of it keeps a process alive after it was stopped", () => {
  const { clock, presence } = start();
  presence.arrived(ada, "here", false);
  presence.left(ada, false);
  presence.stop();
  expect(clock.waiting).toBe(0);
});

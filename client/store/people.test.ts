import { expect, test } from "bun:test";

import type { UserId } from "#wire/ids.ts";

import { HandClock } from "../test/hand-clock.ts";
import { People } from "./people.ts";

const [ada, grace] = [1 as UserId, 2 as UserId];
const dayMs = 86_400_000;

function start() {
  const clock = new HandClock();
  const people = new People(ada, clock);
  return { clock, people, statusOf: (id: UserId) => people.of(id).peek().status };
}

test("B12: a status holds until it has passed, by this page's clock", () => {
  const { clock, people, statusOf } = start();
  const lunch = { text: "At lunch", until: clock.now() + 1_800_000 };
  people.learn(grace, { status: lunch });
  clock.pass(1_799_999);
  expect(statusOf(grace)).toEqual(lunch);
  clock.pass(1);
  expect(statusOf(grace)).toBeNull();
  people.learn(grace, { status: lunch });
  expect(statusOf(grace)).toBeNull();
});

test("B12: a status of many weeks waits longer than one timer can", () => {
  const { clock, people, statusOf } = start();
  people.learn(grace, { status: { text: "On leave", until: clock.now() + 60 * dayMs } });
  expect(clock.nextMs).toBeLessThan(2 ** 31);
  clock.pass(60 * dayMs - 1);
  expect(statusOf(grace)?.text).toBe("On leave");
  clock.pass(1);
  expect(statusOf(grace)).toBeNull();
});

test("B12: a status that is said anew is not taken back by the end of the one before", () => {
  const { clock, people, statusOf } = start();
  people.learn(grace, { status: { text: "At lunch", until: clock.now() + 1_000 } });
  people.learn(grace, { status: { text: "Reading", until: null } });
  clock.pass(dayMs);
  expect(statusOf(grace)).toEqual({ text: "Reading", until: null });
  expect(clock.nextMs).toBeUndefined();
});

test("B12: of oneself only the own stream says what one does", () => {
  const { people, statusOf } = start();
  const reading = { text: "Reading", until: null };
  people.learnOwnStatus(reading);
  people.learn(ada, { name: "Ada", status: { text: "of before", until: null } });
  expect(statusOf(ada)).toEqual(reading);
  people.learnOwnStatus(null);
  expect(statusOf(ada)).toBeNull();
});

test("P6: away is told beside online, and what is told again changes nothing", () => {
  const { people } = start();
  const told = { user: grace, online: true, lastSeenAt: null, away: true };
  people.applyPresence({ op: "presence", people: [told] });
  const known = people.of(grace).peek();
  expect(known).toMatchObject({ online: true, away: true });
  people.applyPresence({ op: "presence", people: [told] });
  expect(people.of(grace).peek()).toBe(known);
});

test("B12: nobody's page waits for the end of a status", () => {
  const { clock, people } = start();
  people.learn(grace, { status: { text: "At lunch", until: clock.now() + 1_000 } });
  people.dispose();
  expect(clock.nextMs).toBeUndefined();
});

import { expect, test } from "bun:test";

import { Asking } from "../test/asking.ts";
import { HandClock } from "../test/hand-clock.ts";
import { AwaySender } from "./away-sender.ts";

const away = { op: "setAway", away: true } as const;
const back = { op: "setAway", away: false } as const;

function start() {
  const clock = new HandClock();
  const server = new Asking();
  return { clock, server, sender: new AwaySender(server.ask, clock) };
}

test("B12: ten minutes after the last touch one is away, and at the next one back", () => {
  const { clock, server, sender } = start();
  clock.pass(300_000);
  sender.touched();
  clock.pass(599_999);
  expect(server.told).toEqual([]);
  clock.pass(1);
  expect(server.told).toEqual([away]);
  clock.pass(6_000_000);
  sender.touched();
  sender.touched();
  expect(server.told).toEqual([away, back]);
  clock.pass(600_000);
  expect(server.told).toEqual([away, back, away]);
});

test("B12: a laptop that slept is away when it wakes, until somebody touches it", () => {
  const { clock, server, sender } = start();
  clock.sleep(8 * 3_600_000);
  expect(server.told).toEqual([away]);
  sender.touched();
  expect(server.told).toEqual([away, back]);
});

test("B12: a new socket is told that one is away, and nothing where one is here", () => {
  const { clock, server, sender } = start();
  sender.open();
  expect(server.told).toEqual([]);
  clock.pass(600_000);
  sender.open();
  expect(server.told).toEqual([away, away]);
  sender.dispose();
  expect(clock.nextMs).toBeUndefined();
});

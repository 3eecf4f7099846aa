import { expect, test } from "bun:test";

import type { ChannelId, UserId } from "#wire/ids.ts";

import { HandClock } from "../test/hand-clock.ts";
import { Typing } from "./typing.ts";

const channel = 7 as ChannelId;
const grace = 2 as UserId;
const linus = 3 as UserId;

test("T2: who is not heard of again is forgotten after 5 s; who is, stays", () => {
  const clock = new HandClock();
  const typing = new Typing(clock);
  typing.apply({ channel, user: grace, typing: true });
  typing.apply({ channel, user: linus, typing: true });
  clock.pass(4_000);
  typing.apply({ channel, user: linus, typing: true });
  clock.pass(1_000);
  expect(Array.from(typing.in(channel).value)).toEqual([linus]);
  clock.pass(4_000);
  expect(typing.in(channel).value.size).toBe(0);
});

test("T1: who stops is gone at once, and what was set for them with it", () => {
  const clock = new HandClock();
  const typing = new Typing(clock);
  typing.apply({ channel, user: grace, typing: true });
  typing.apply({ channel, user: grace, typing: false });
  expect(typing.in(channel).value.size).toBe(0);
  expect(clock.nextMs).toBeUndefined();
});

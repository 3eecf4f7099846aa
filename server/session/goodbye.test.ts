import { expect, test } from "bun:test";
import { decodeAnswers } from "#wire/codec.ts";
import { loneSession } from "../test/lone-session.ts";
import { goodbyeLimits, sayGoodbye } from "./goodbye.ts";

/** When each of so many is told to come back, in order. */
function returnsOf(count: number): number[] {
  const lone = Array.from({ length: count }, () => loneSession());
  sayGoodbye(lone.map(({ session }) => session));
  return lone
    .flatMap(({ socket }) => socket.sent.flatMap((frame) => decodeAnswers(frame)))
    .flatMap((answer) => (answer.op === "goodbye" ? answer.returnAfterMs : []))
    .toSorted((one, other) => one - other);
}

test("W8: everybody is told a time of their own, and no second has more of them than the server greets", () => {
  const returns = returnsOf(20_000);
  expect(returns).toHaveLength(20_000);
  for (let second = 0; second < 20; second++) {
    const within = returns.filter((ms) => Math.floor(ms / 1_000) === second);
    // Drawn by chance: 1,000 are expected, and five times the deviation is far from it.
    expect(Math.abs(within.length - goodbyeLimits.returnsPerSecond)).toBeLessThan(160);
  }
});

test("W8: a few come back as soon as after any break", () => {
  expect(returnsOf(50).at(-1)).toBeLessThanOrEqual(goodbyeLimits.spreadMsMin);
});

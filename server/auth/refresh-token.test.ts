import { expect, test } from "bun:test";
import type { SessionChain } from "../store/session.ts";
import { graceMs, judgeToken, lateInARowMax, newSession, sessionIdOf } from "./refresh-token.ts";
import { createTokens } from "./tokens.ts";

const startMs = Date.UTC(2026, 10, 21, 12);
const minuteMs = 60_000;

/** A session whose chain is held in memory, with a clock that the test turns. */
function session() {
  const tokens = createTokens("a secret key of a test, long enough");
  const { token: first, session: made } = newSession(startMs);
  let chain: SessionChain = {
    tokenHash: made.tokenHash,
    spentHash: null,
    spentAt: null,
    tokenUsed: false,
    spentCameLate: false,
    lateInARow: 0,
  };
  const clock = { nowMs: startMs };
  return {
    first,
    clock,
    /** The token that follows, or "stolen"; a stolen chain ends. */
    turn: (token: string): string => {
      const verdict = judgeToken(chain, token, tokens, clock.nowMs);
      if ("stolen" in verdict) return "stolen";
      ({ chain } = verdict);
      return verdict.token;
    },
  };
}

test("each token follows from the one before, and all belong to one session", () => {
  const { first, clock, turn } = session();
  const second = turn(first);
  clock.nowMs += 10 * minuteMs;
  const third = turn(second);
  expect(new Set([first, second, third]).size).toBe(3);
  expect(sessionIdOf(third)).toBe(sessionIdOf(first));
});

test("ten tabs with one token get one successor", () => {
  const { first, turn } = session();
  const answers = Array.from({ length: 10 }, () => turn(first));
  expect(new Set(answers).size).toBe(1);
  expect(answers[0]).not.toBe("stolen");
});

test("a tab that is late by less than 30 s gets the successor, although another tab used that already", () => {
  const { first, clock, turn } = session();
  const second = turn(first);
  clock.nowMs += graceMs - 1;
  expect(turn(second)).toBe(second); // Too young to be turned: every tab agrees on it.
  expect(turn(first)).toBe(second);
});

test("a spent token whose successor was used is a theft from 30 s on", () => {
  const { first, clock, turn } = session();
  const second = turn(first);
  turn(second);
  clock.nowMs += graceMs;
  expect(turn(first)).toBe("stolen");
});

test("a lost answer is given again, days later, as long as nobody used it", () => {
  const { first, clock, turn } = session();
  const lost = turn(first);
  clock.nowMs += 3 * 24 * 60 * minuteMs;
  expect(turn(first)).toBe(lost);
  clock.nowMs += minuteMs;
  expect(turn(first)).toBe(lost);
  clock.nowMs += minuteMs;
  expect(turn(lost)).not.toBe("stolen");
});

test("a token from two turns ago is a theft at any time", () => {
  const { first, clock, turn } = session();
  const second = turn(first);
  clock.nowMs += graceMs;
  turn(second);
  expect(turn(first)).toBe("stolen");
});

test("the right session with a secret that was never given is a theft", () => {
  const { first, turn } = session();
  const strange = `${first.slice(0, 40)}${"A".repeat(24)}`;
  expect(sessionIdOf(strange)).toBe(sessionIdOf(first));
  expect(turn(strange)).toBe("stolen");
});

test("a thief who takes turns with the owner is found after two turns", () => {
  const { first, clock, turn } = session();
  let held = first;
  const owners: string[] = [];
  for (let round = 0; round <= lateInARowMax; round += 1) {
    clock.nowMs += 5 * minuteMs;
    const next = turn(held); // The thief is always first …
    clock.nowMs += 5 * minuteMs;
    owners.push(turn(held)); // … and what the owner asks looks like a lost answer.
    held = next;
  }
  expect(owners.slice(0, lateInARowMax)).not.toContain("stolen");
  expect(owners.at(-1)).toBe("stolen");
});

test("answers that are lost now and then are not a theft", () => {
  const { first, clock, turn } = session();
  let held = first;
  for (let day = 0; day < 30; day += 1) {
    clock.nowMs += 12 * 60 * minuteMs;
    turn(held); // The lid closes while this answer is on its way.
    clock.nowMs += 12 * 60 * minuteMs;
    held = turn(held);
    clock.nowMs += 10 * minuteMs;
    held = turn(held);
    clock.nowMs += 10 * minuteMs;
    held = turn(held);
    expect(held).not.toBe("stolen");
  }
});

test("a clock that was put back signs nobody out", () => {
  const { first, clock, turn } = session();
  const second = turn(first);
  clock.nowMs -= 60 * minuteMs;
  expect(turn(first)).toBe(second);
  expect(turn(second)).toBe(second);
});

test.each([
  ["nothing", ""],
  ["a word", "x"],
  ["other characters", "=".repeat(64)],
  ["one character less", "A".repeat(63)],
  ["one character more", "A".repeat(65)],
  ["a line", `${"A".repeat(63)}\n`],
])("%s names no session", (_what, text) => {
  expect(sessionIdOf(text)).toBeUndefined();
});

import { expect, test } from "bun:test";
import { outcomeOf } from "./outcome.ts";

test.each([
  ["22021", "data"], // A byte that no text may hold.
  ["23514", "data"], // A check.
  ["23505", "unknown"], // Somebody has the number: the next try knows them.
  ["22P02", "unknown"], // What no draft can hold: ids are ids when they come in.
  ["55P03", "locked"],
  ["40001", "unknown"],
  ["40P01", "unknown"],
  ["57P01", "unknown"],
  ["57014", "unknown"],
  ["53100", "unknown"],
  ["CONNECTION_CLOSED", "unknown"],
  ["ECONNREFUSED", "unknown"],
] as const)("a statement that ended with %s means: %s", (code, outcome) => {
  expect(outcomeOf(Object.assign(new Error("no"), { code }))).toBe(outcome);
});

test("whatever has no code is unknown", () => {
  expect(outcomeOf(new Error("22021"))).toBe("unknown");
  expect(outcomeOf(undefined)).toBe("unknown");
});

import { expect, test } from "bun:test";
import { tell } from "./talk.ts";

const minute = 60_000;
/** A Wednesday, where this machine is. */
const wednesday = new Date(2026, 10, 25, 12).getTime();

test("B37: a talk begins so many working days ago, and goes on by minutes", () => {
  const said = tell("@3 09:05\ngrace: One.\nlinus 2: Two.", wednesday, "Ada");
  const friday = new Date(2026, 10, 20, 9, 5).getTime();
  expect(said).toEqual([
    { by: "grace", atMs: friday, body: "One." },
    { by: "linus", atMs: friday + 2 * minute, body: "Two." },
  ]);
});

test("B37: what was said a while ago is after what was said on another day, and never in the future", () => {
  const early = new Date(2026, 10, 25, 0, 1).getTime();
  const said = tell(
    "@1 23:30\ngrace: Late.\n@now-60\nlinus: Later.\nradia 500: Now.",
    early,
    "Ada",
  );
  const late = new Date(2026, 10, 24, 23, 30).getTime();
  expect(said.map(({ atMs }) => atMs)).toEqual([late, late + minute, early]);
});

test("B37: a line goes on beneath another, and the owner is called by name", () => {
  const said = tell("@now-5\ngrace: Hello {owner}:\n| one\n|   two", wednesday, "Ada");
  expect(said.map(({ body }) => body)).toEqual(["Hello Ada:\none\n  two"]);
});

test("B37: a line that says nothing is a mistake", () => {
  expect(() => tell("@now-5\nnobody", wednesday, "Ada")).toThrow("nobody");
});

import { expect, test } from "bun:test";
import { idsOf, proofsIn, withProofs } from "./feature-rows.ts";
import { parseReport, type TestCase } from "./junit.ts";
import type { Outcome } from "./run-step.ts";
import { codeOf } from "./sources.ts";
import { slowest, summarise } from "./summary.ts";

const passed: TestCase = { name: "one", file: "a.test.ts", seconds: 0.5, fate: "passed" };
const skipped: TestCase = { name: "needs Redis", file: "b.test.ts", seconds: 0, fate: "skipped" };
const unit: Outcome = {
  name: "unit",
  files: 2,
  seconds: 1,
  output: "",
  cases: [passed, skipped],
  trouble: undefined,
  ok: true,
};
const lint: Outcome = { ...unit, name: "lint", files: 0, cases: [] };

test("a skip that is not on the list is a failure, one on the list is not", () => {
  expect(summarise([unit], {})).toMatchObject({ passed: 1, failed: 1, skipped: 0 });
  const listed = { "needs Redis": "only where redis-server is installed" };
  expect(summarise([unit], listed)).toMatchObject({ passed: 1, failed: 0, skipped: 1 });
});

test("a step that fails without a failing test counts as one", () => {
  const troubled = { ...lint, ok: false, trouble: "exit code 1" };
  expect(summarise([troubled, unit], { "needs Redis": "…" })).toMatchObject({
    passed: 1,
    failed: 1,
    complaints: ["lint: exit code 1"],
  });
  expect(summarise([lint], {})).toMatchObject({ passed: 1, failed: 0 });
});

test("the slowest tests come slowest first", () => {
  const slow = { ...passed, name: "two", seconds: 2 };
  expect(slowest([{ ...unit, cases: [passed, slow] }]).map((line) => line.trim())).toEqual([
    "2.00 s  two  (a.test.ts)",
    "0.50 s  one  (a.test.ts)",
  ]);
});

test("a report is read with groups, entities, failures and skips", () => {
  const xml = `<testsuite name="a.test.ts"><testsuite name="g">
    <testcase name="says &quot;hi&quot; &amp; leaves" classname="chat &lt;x&gt;" time="0.25" file="a.test.ts" />
    <testcase name="breaks" classname="" time="1" file="a.test.ts"><failure type="Error">no</failure></testcase>
    <testcase name="waits" classname="" time="0" file="a.test.ts">
      <skipped />
    </testcase></testsuite></testsuite>`;
  expect(parseReport(xml)).toEqual([
    { name: 'chat <x> > says "hi" & leaves', file: "a.test.ts", seconds: 0.25, fate: "passed" },
    { name: "breaks", file: "a.test.ts", seconds: 1, fate: "failed" },
    { name: "waits", file: "a.test.ts", seconds: 0, fate: "skipped" },
  ]);
});

test("what a test proves stands before the colon of its name", () => {
  expect(idsOf("M3: an edit")).toEqual(["M3"]);
  expect(idsOf("chat > M3, DM4 and W1: an edit")).toEqual(["M3", "DM4", "W1"]);
  expect(idsOf("an edit, see M3: it stays")).toEqual([]);
});

test("the proof column links the files that name a row", () => {
  const proofs = proofsIn([{ path: "server/chat/edit.test.ts", text: 'test("M3: an edit", …)' }]);
  const table =
    "| M3 | An edit | works | [gone.test.ts](gone.test.ts) |\n| M4 | A deletion | not yet | |";
  expect(withProofs(table, proofs)).toBe(
    "| M3 | An edit | works | [edit.test.ts](server/chat/edit.test.ts) |\n| M4 | A deletion | not yet | |",
  );
});

test("code is what remains without comments and the insides of strings", () => {
  expect(codeOf('a("room"); // room\n/* room\n */ b(`x ${room}`);')).toBe('a(""); \n\n b(``);');
});

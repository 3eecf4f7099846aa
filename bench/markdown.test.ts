import { expect, test } from "bun:test";
import { markdownTable } from "./markdown.ts";

test("a table has a head, a line that puts numbers to the right, and no bar in a cell", () => {
  const rows = [
    ["what", "ms"],
    ["this | that", "1.5"],
  ];
  expect(markdownTable(rows, 1)).toBe(
    ["| what | ms |", "| --- | ---: |", "| this \\| that | 1.5 |"].join("\n"),
  );
});

import { expect, test } from "bun:test";
import { charsOf, cleaned, hasControlCharacters, sanitise } from "./body.ts";

test("S5: a body has line ends of one kind and nothing blank around it", () => {
  expect(sanitise("  \r\n one\r\ntwo\rthree \n\t")).toBe("one\ntwo\nthree");
  expect(sanitise(" \n\t")).toBe("");
});

test("S5: tab and line feed may stand in a body, other control characters may not", () => {
  expect(hasControlCharacters("a\tb\nc")).toBe(false);
  for (const control of ["\u0000", "\u0008", "\u000b", "\u001b", "\u007f"]) {
    expect(hasControlCharacters(`a${control}b`)).toBe(true);
  }
});

test("S5: what a client cleans is what the server would store, and nothing that it would refuse", () => {
  const pasted = " \u0000one\u001b[31m\r\ntwo\ud800 ";
  expect(cleaned(pasted)).toBe("one[31m\ntwo\ufffd");
  expect(sanitise(cleaned(pasted))).toBe(cleaned(pasted));
  expect(hasControlCharacters(cleaned(pasted))).toBe(false);
});

test("a body is measured in code points, not in UTF-16 units", () => {
  expect(charsOf("a👋é")).toBe(3);
});

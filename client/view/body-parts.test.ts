import { expect, test } from "bun:test";
import fc from "fast-check";
import { isEmojiAlone, partsOf } from "./body-parts.ts";

const linksOf = (body: string) => partsOf(body).flatMap(({ href }) => href ?? []);

test.each([
  ["See https://example.org.", ["https://example.org/"]],
  ["(https://example.org/a)", ["https://example.org/a"]],
  ["https://example.org/a_(b), and", ["https://example.org/a_(b)"]],
  ["https://example.org/a_(b)).", ["https://example.org/a_(b)"]],
  ["“https://example.org/a?b=c&d=e#f”", ["https://example.org/a?b=c&d=e#f"]],
  [
    "http://10.0.0.7:3000/x and HTTPS://EXAMPLE.ORG/Y",
    ["http://10.0.0.7:3000/x", "https://example.org/Y"],
  ],
  ["javascript:alert(1) data:text/html,x ftp://example.org //example.org", []],
  ["https:// and https://[", []],
])("U2: in %p the addresses are %p", (body, links) => {
  expect(linksOf(body)).toEqual(links);
});

test("U2: whatever is written, its parts joined again are what was written, and links are of the web", () => {
  const bits = ["https://", "http://e.org/", "(", ")", ".", " ", "javascript:", "\n", "é", "<b>"];
  const body = fc.array(fc.oneof(fc.constantFrom(...bits), fc.string()), { maxLength: 20 });
  fc.assert(
    fc.property(body, (all) => {
      const text = all.join("");
      const parts = partsOf(text);
      expect(parts.map((part) => part.text).join("")).toBe(text);
      for (const { href } of parts) expect(href ?? "https:").toMatch(/^https?:/);
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ["🎉", true],
  ["👩‍🚀 🌕 🚀", true],
  ["🇨🇿", true],
  ["👍🏽", true],
  ["🎉🎉🎉🎉", false],
  ["🎉 yes", false],
  ["1", false],
  ["", false],
])("U2: %p is emoji alone: %p", (body, is) => {
  expect(isEmojiAlone(body)).toBe(is);
});

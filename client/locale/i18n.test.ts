import { beforeAll, expect, test } from "bun:test";
import { setupI18n } from "@lingui/core";
import { messages } from "./en/messages.ts";
import { i18n } from "./i18n.ts";

beforeAll(() => i18n.load("en", messages));

const library = setupI18n({ locale: "en", messages: { en: messages } });
const counts = [0, 1, 2, 5, 1_000, 12_345];

/** The names that stand in braces, at any depth. */
function namesIn(id: string): string[] {
  return Array.from(id.matchAll(/\{(\w+)[,}]/g), (match) => match[1]!);
}

test("U3: every sentence reads as Lingui itself would say it", () => {
  const ids = Object.keys(messages);
  expect(ids.length).toBeGreaterThan(100);
  for (const id of ids) {
    for (const count of counts) {
      const values = Object.fromEntries(namesIn(id).map((name) => [name, count]));
      expect(i18n.t(id, values)).toBe(library._(id, values));
    }
  }
});

test("U3: a plain sentence that the catalogue leaves out reads the same", () => {
  i18n.load("en", {});
  const plain = Object.keys(messages).filter((id) => !/, (?:plural|select),/.test(id));
  for (const id of plain) {
    const values = Object.fromEntries(namesIn(id).map((name) => [name, 12]));
    expect(i18n.t(id, values)).toBe(library._(id, values));
  }
  expect(plain.length).toBeGreaterThan(100);
  i18n.load("en", messages);
});

test("U3: a plural takes the language's own form, and its number the language's own digits", () => {
  const forms = { few: ["#", " zprávy"], one: ["#", " zpráva"], other: ["#", " zpráv"] };
  i18n.load("cs", { new: [["count", "plural", forms]] });
  expect([1, 3, 5_000].map((count) => i18n.t("new", { count }))).toEqual([
    "1 zpráva",
    "3 zprávy",
    "5\u00a0000 zpráv",
  ]);
  i18n.load("en", messages);
});

test.each([
  [["de-DE", "en-GB", "en-US"], "en-GB"],
  [["en-US@posix"], "en"],
  [[], "en"],
])("U3: of the languages %p the dates follow %s", (languages, region) => {
  const before = Object.getOwnPropertyDescriptor(navigator, "languages");
  Object.defineProperty(navigator, "languages", { value: languages, configurable: true });
  expect(i18n.region).toBe(region);
  expect(() => new Intl.DateTimeFormat(i18n.region)).not.toThrow();
  if (before) Object.defineProperty(navigator, "languages", before);
  else Reflect.deleteProperty(navigator, "languages");
});

test("U3: a select takes its case, or the other one", () => {
  const cases = { she: ["her ", ["what"]], other: ["their ", ["what"]] };
  i18n.load("en", { whose: [["who", "select", cases]] });
  expect(i18n.t("whose", { who: "she", what: "engine" })).toBe("her engine");
  expect(i18n.t("whose", { who: "they", what: "engine" })).toBe("their engine");
  i18n.load("en", messages);
});

test("U3: the catalogue has every sentence of the views, and no other", async () => {
  const used = new Set<string>();
  for await (const path of new Bun.Glob("*.{ts,tsx}").scan({
    cwd: `${import.meta.dir}/../view`,
    absolute: true,
  })) {
    if (/\.(test|browser)\.tsx?$/.test(path)) continue;
    const text = await Bun.file(path).text();
    for (const [, id] of text.matchAll(/\bi18n\.t\(\s*("(?:[^"\\]|\\.)*")/g)) {
      used.add(JSON.parse(id!) as string);
    }
    // A sentence that is put together would be missed by the extractor, and here.
    expect(text.match(/\bi18n\.t\((?!\s*")/g)).toBeNull();
  }
  expect(Object.keys(messages).toSorted()).toEqual([...used].toSorted());
});

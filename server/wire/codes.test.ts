/** The two closed lists of "no". That each is provoked is the business of the rooms that say it. */
import { expect, test } from "bun:test";

import { closeNamed, type CloseName, closes, refusalCodes, refusals } from "./codes.ts";

const actions = ["retry", "resync", "sign_in", "nothing"];
const isSentence = (text: string): boolean => /^[A-Z].*[.]$/s.test(text) && !text.includes("!");
const closeNames = Object.keys(closes) as CloseName[];
const numbers = closeNames.map((name) => closes[name].number);

test.each(Object.entries(refusals))(
  "E3: the refusal %s has a sentence, a remedy and what the client does",
  (code, { sentence, remedy, client }) => {
    expect(code).toMatch(/^[a-z]+(_[a-z]+)*$/);
    expect(isSentence(sentence)).toBe(true);
    expect(isSentence(remedy)).toBe(true);
    expect(actions).toContain(client);
  },
);

test.each(Object.entries(closes))(
  "E3: the close %s has a number, a sentence, a remedy and what the client does",
  (_, { number, sentence, remedy, client }) => {
    expect(isSentence(sentence)).toBe(true);
    expect(isSentence(remedy)).toBe(true);
    expect(actions).toContain(client);
    // RFC 6455 §7.4.2 leaves 4000–4999 to applications; 1012 is the registered "service restart".
    expect(number === 1012 || (number >= 4000 && number <= 4999)).toBe(true);
  },
);

test("E12: a close is found again by its number, and no two have the same", () => {
  for (const name of closeNames) expect(closeNamed(closes[name].number)).toBe(name);
  expect(new Set(numbers).size).toBe(closeNames.length);
});

test.each([1000, 1001, 1006, 1011, 3999, 4999, 0, NaN])(
  "E12: %d is not a close of ours",
  (number) => {
    expect(closeNamed(number)).toBeUndefined();
  },
);

test("E3: no two refusals say the same", () => {
  const sentences = refusalCodes.map((code) => refusals[code].sentence);
  expect(new Set(sentences).size).toBe(sentences.length);
});

test("M26: a client tries again by itself only where that cannot store a message twice or out of turn", () => {
  const retried = refusalCodes.filter((code) => refusals[code].client === "retry");
  expect(retried.sort()).toEqual(["send_in_flight", "skipped", "slow_down", "unavailable"]);
});

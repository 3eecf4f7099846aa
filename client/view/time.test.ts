import { afterAll, beforeAll, expect, test } from "bun:test";
import { messages } from "../locale/en/messages.ts";
import { i18n } from "../locale/i18n.ts";
import { briefTime, dayName, gutterTime, messageTime } from "./time.ts";

const speak = (...languages: string[]) =>
  Object.defineProperty(navigator, "languages", { value: languages, configurable: true });

beforeAll(() => {
  i18n.load("en", messages);
  speak("en-GB");
});
// Here it has none of its own.
afterAll(() => Reflect.deleteProperty(navigator, "languages"));

const at = (day: number, hour: number, minute = 42) =>
  new Date(2026, 10, day, hour, minute).getTime();
const now = at(20, 11);

test("U2: a time is as long as it must be", () => {
  const times = [at(20, 10), at(19, 10), at(12, 10), new Date(2025, 10, 12).getTime()];
  expect(times.map((each) => messageTime(each, now))).toEqual([
    "10:42",
    "Yesterday 10:42",
    "12 Nov",
    "12 Nov 2025",
  ]);
  expect(times.map((each) => briefTime(each, now))).toEqual([
    "10:42",
    "Yesterday",
    "12 Nov",
    "12 Nov 2025",
  ]);
  expect(times.map((each) => dayName(each, now))).toEqual([
    "Today",
    "Yesterday",
    "Thursday 12 November",
    "Wednesday, 12 November 2025",
  ]);
});

test("U2: yesterday begins at midnight, not a day ago", () => {
  expect(messageTime(at(19, 23, 59), at(20, 0, 1))).toBe("Yesterday 23:59");
  expect(messageTime(at(20, 0, 1), at(20, 23, 59))).toBe("00:01");
});

test("U2: the clock is the reader's own", () => {
  speak("en-US");
  expect(messageTime(at(20, 15), at(20, 16))).toMatch(/^03:42\sPM$/);
  expect(gutterTime(at(20, 15))).toBe("03:42");
  speak("de-DE");
  expect(messageTime(at(12, 10), now)).toBe("Nov 12");
  speak("en-GB");
});

import { expect, test } from "bun:test";
import type { ChannelId } from "#wire/ids.ts";
import { checkHistories, type History, type Message } from "./check-histories.ts";

const lobby = 7 as ChannelId;

function message(seq: number, body: string): Message {
  return { channel: lobby, clientMessageId: `id of ${body}`, body, seq };
}

const [one, two, three] = [message(3, "one"), message(4, "two"), message(6, "three")] as const;

/** Ada wrote the first and the third; she saw all of them, unless it is said otherwise. */
function historyOf(
  rest: Partial<History> & { since?: number; messages?: readonly Message[] } = {},
): History {
  const { since = 0, messages = [one, two, three] } = rest;
  return {
    name: "Ada",
    written: [one, three],
    shown: new Map([[lobby, { since, messages }]]),
    ...rest,
  };
}

const good = { lost: [], doubled: [], reordered: [] };
const check = (history: History, stored: readonly Message[] = [one, two, three]) =>
  checkHistories([history], stored);

test("W10: what was written once, stored once and seen in order by all is good", () => {
  expect(check(historyOf())).toEqual(good);
});

test("W10: what was acknowledged and is not stored is lost, as is what was never answered", () => {
  expect(check(historyOf({ messages: [one, two] }), [one, two]).lost).toEqual([
    '"three" of Ada was acknowledged at 6, and stands nowhere',
  ]);
  expect(check(historyOf({ written: [{ ...one, seq: undefined }] })).lost).toEqual([
    '"one" of Ada was never acknowledged, and stands at 3',
  ]);
});

test("W10: what was acknowledged at another address than it stands at is lost there", () => {
  expect(check(historyOf({ written: [{ ...one, seq: 5 }] })).lost).toEqual([
    '"one" of Ada was acknowledged at 5, and stands at 3',
  ]);
});

test("W10: what is stored and somebody never saw is lost to them, unless their page began behind it", () => {
  const messages = [two, three];
  expect(check(historyOf({ messages })).lost).toEqual(['Ada never saw "one"']);
  expect(check(historyOf({ messages, since: 4 }))).toEqual(good);
});

test("W10: what somebody saw and is not stored, or is stored otherwise, is lost", () => {
  const ghost = message(5, "ghost");
  expect(check(historyOf({ messages: [one, two, ghost, three] })).lost).toEqual([
    'Ada saw "ghost" at 5, which is not stored there',
  ]);
  const other = { ...two, body: "to" };
  expect(check(historyOf({ messages: [one, other, three] })).lost).toEqual([
    'Ada saw "to" at 4, which is not stored there',
  ]);
});

test("W10: the same message at two addresses is doubled, in the database and on a screen", () => {
  const twice = { ...two, seq: 7 };
  expect(
    check(historyOf({ messages: [one, two, three] }), [one, two, three, twice]).doubled,
  ).toEqual(['"two" stands at 4 and 7 for the database']);
  expect(check(historyOf({ messages: [one, two, three, twice] })).doubled).toEqual([
    '"two" stands at 4 and 7 for Ada',
  ]);
});

test("W10: an author's later message at an earlier address is reordered", () => {
  const written = [three, one];
  expect(check(historyOf({ written })).reordered).toEqual([
    'Ada wrote "three" before "one", which stand at 6 and 3',
  ]);
});

test("W10: a message that comes to be shown above another is reordered", () => {
  expect(check(historyOf({ messages: [one, three, two] })).reordered).toEqual([
    'Ada saw "two" at 4 after "three" at 6',
  ]);
});

/** M20: what counts as unread, case by case. The statement of the store is compared with the same cases. */
import { expect, test } from "bun:test";

import type { MessageBody, MessageRow } from "./row.ts";
import { isUnread, type Reader } from "./unread.ts";
import { ada, grace, message } from "./vectors/names.ts";

/** Grace has read up to address 5; `message` is Ada's. */
const reader: Reader = { userId: grace, readFrom: 5, blocked: new Set() };
const after = (differs?: Partial<MessageBody>): MessageRow => message(6, differs);

test("M20: a message after readFrom is unread, one at it or before it is not", () => {
  expect([4, 5, 6, 7].map((entity) => isUnread(message(entity), reader))).toEqual([
    false,
    false,
    true,
    true,
  ]);
});

test("M20: all is unread for who has read nothing", () => {
  expect(isUnread(message(1), { ...reader, readFrom: 0 })).toBe(true);
});

test("M20: a message edited later still counts by its address", () => {
  expect(isUnread({ ...message(5), version: 9 }, reader)).toBe(false);
  expect(isUnread({ ...after({ editedAt: 1 }), version: 9 }, reader)).toBe(true);
});

test.each<[string, Partial<MessageBody>]>([
  ["a thread reply", { rootSeq: 3 }],
  ["a thread reply to the very first address", { rootSeq: 0 }],
  ["a message of the system", { system: true }],
  ["a deleted message", { deleted: true, body: "" }],
  ["the reader's own message", { authorId: grace }],
])("M20: %s is never unread", (_, differs) => {
  expect(isUnread(after(), reader)).toBe(true);
  expect(isUnread(after(differs), reader)).toBe(false);
});

test("M20: a row that is gone is never unread", () => {
  expect(isUnread({ ...after(), body: null }, reader)).toBe(false);
});

test("M20: what somebody wrote whom the reader blocked is not unread; what others wrote is", () => {
  expect(isUnread(after(), { ...reader, blocked: new Set([ada]) })).toBe(false);
  expect(isUnread(after(), { ...reader, blocked: new Set([grace]) })).toBe(true);
});

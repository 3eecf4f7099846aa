import { expect, test } from "bun:test";
import type { UserId } from "#wire/ids.ts";
import type { Row } from "#wire/row.ts";
import { nobodyElse, reachOf, withMembers, withOpened, withTold } from "./others.ts";

const [ada, grace, linus] = [1 as UserId, 2 as UserId, 3 as UserId];
const at = (user: UserId, readSeq: number, deliveredSeq: number) => ({
  user,
  readSeq,
  deliveredSeq,
});
const member = (entity: UserId, version: number, isGone = false): Row => ({
  kind: "member",
  entity,
  version,
  body: isGone ? null : { name: "somebody", role: "member", joinedAt: 0 },
});

test("T5 T6: a message is delivered and read when the last of the others has it", () => {
  const two = withOpened(nobodyElse, [at(grace, 5, 9), at(linus, 3, 7)]);
  expect(reachOf(two)).toEqual({ delivered: 7, read: 3 });
  const read = withTold(two, [at(linus, 9, 9)]);
  expect(reachOf(read)).toEqual({ delivered: 9, read: 5 });
});

test("T5: where nobody else is told of, nothing is said to be delivered", () => {
  expect(reachOf(withOpened(nobodyElse, []))).toEqual({ delivered: 0, read: 0 });
});

test("T5: receipts only grow, whichever frame comes first", () => {
  const late = withTold(withTold(nobodyElse, [at(grace, 8, 9)]), [at(grace, 5, 6)]);
  expect(reachOf(late)).toEqual({ delivered: 9, read: 8 });
  expect(reachOf(withOpened(late, [at(grace, 4, 4)]))).toEqual({ delivered: 9, read: 8 });
});

test("what changes nothing is the same object, so that nothing is painted anew", () => {
  const held = withTold(nobodyElse, [at(grace, 8, 9)]);
  expect(withTold(held, [at(grace, 8, 9), at(grace, 1, 1)])).toBe(held);
  expect(withMembers(held, [member(ada, 12), member(grace, 13)], ada)).toBe(held);
  expect(reachOf(held)).toBe(reachOf(held));
});

test("T5: who joins is waited for from then on, who leaves no longer, and oneself never", () => {
  const held = withOpened(nobodyElse, [at(grace, 9, 9)]);
  const joined = withMembers(held, [member(linus, 6), member(ada, 7)], ada);
  expect(reachOf(joined)).toEqual({ delivered: 6, read: 6 });
  expect(reachOf(withMembers(joined, [member(linus, 8, true)], ada))).toEqual({
    delivered: 9,
    read: 9,
  });
  // Who is not in the list of the next opening left while nobody looked.
  expect(reachOf(withOpened(joined, [at(grace, 9, 9)]))).toEqual({ delivered: 9, read: 9 });
});

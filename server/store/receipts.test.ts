import { afterAll, expect, test } from "bun:test";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { addUsers } from "../test/channels.ts";
import { testDatabase } from "../test/database.ts";
import { say } from "../test/history.ts";
import { addMembers, createGroup } from "./group.ts";
import { movePointers } from "./pointer.ts";
import { readReceipts, whenReached } from "./receipts.ts";

const database = await testDatabase();
afterAll(() => database[Symbol.asyncDispose]());
const { sql } = database;

async function ground() {
  const [ada, grace, linus] = (await addUsers(sql, "Ada", "Grace", "Linus")) as [
    UserId,
    UserId,
    UserId,
  ];
  const wish = { textId: crypto.randomUUID(), name: "lobby", users: [grace, linus] };
  const made = await createGroup(sql, ada, wish);
  if ("refused" in made) throw new Error(made.refused);
  const lobby: ChannelId = made.channelId;
  const moves = (userId: UserId, readSeq: number | null, deliveredSeq: number | null) =>
    movePointers(sql, [{ channelId: lobby, userId, readSeq, deliveredSeq, readFrom: null }]);
  return { ada, grace, linus, lobby, moves };
}

test("T5 T6: of each of the others it is said whether and when they received and read a message", async () => {
  const { ada, grace, linus, lobby, moves } = await ground();
  const first = await say(sql, lobby, ada);
  const before = Date.now();
  await moves(grace, null, first);
  const second = await say(sql, lobby, ada);
  await moves(grace, second, second);
  const after = Date.now();
  const receipts = (await readReceipts(sql, lobby, ada, first))!;
  expect(receipts).toMatchObject([
    { user: grace, delivered: true, read: true },
    { user: linus, delivered: false, deliveredAt: null, read: false, readAt: null },
  ]);
  const deliveredAt = receipts[0]!.deliveredAt!;
  const readAt = receipts[0]!.readAt!;
  expect(before).toBeLessThanOrEqual(deliveredAt + 1);
  expect(deliveredAt).toBeLessThanOrEqual(readAt);
  expect(readAt).toBeLessThanOrEqual(after);
  // Received with the second: the first move reached only the first message.
  const [ofSecond] = (await readReceipts(sql, lobby, ada, second))!;
  expect(ofSecond!.deliveredAt).toBe(readAt);
});

test("T5: who came later, the author, and who is no member are not among the readers", async () => {
  const { ada, grace, linus, lobby } = await ground();
  const [late] = (await addUsers(sql, "Late")) as [UserId];
  const seq = await say(sql, lobby, ada);
  await sql`select pg_sleep(0.002)`;
  await addMembers(sql, lobby, ada, [late]);
  const receipts = (await readReceipts(sql, lobby, ada, seq))!;
  expect(receipts.map(({ user }) => user)).toEqual([grace, linus]);
  const [stranger] = (await addUsers(sql, "Stranger")) as [UserId];
  expect(await readReceipts(sql, lobby, stranger, seq)).toBeUndefined();
  expect(await readReceipts(sql, lobby, ada, 99)).toBeUndefined();
});

test("T5: of sixteen moves the times are kept; of an older one only that it happened", async () => {
  const { ada, grace, lobby, moves } = await ground();
  const seqs: number[] = [];
  for (let count = 0; count < 17; count++) {
    seqs.push(await say(sql, lobby, ada));
    await moves(grace, seqs.at(-1)!, null);
  }
  const receiptOf = async (seq: number) =>
    (await readReceipts(sql, lobby, ada, seq))!.find(({ user }) => user === grace)!;
  expect(await receiptOf(seqs[0]!)).toMatchObject({ read: true, readAt: null });
  // The oldest that is kept may have had another before it.
  expect(await receiptOf(seqs[1]!)).toMatchObject({ read: true, readAt: null });
  expect((await receiptOf(seqs[2]!)).readAt).toBeNumber();
  expect((await receiptOf(seqs[16]!)).readAt).toBeNumber();
  const [row] = await sql<{ marks: number[] }[]>`
    select read_marks as marks from members where channel_id = ${lobby} and user_id = ${grace}`;
  expect(row!.marks).toHaveLength(32);
});

test("T5: the first move that reached an address counts, not the last", () => {
  const marks = [9, 300, 6, 200, 4, 100];
  expect(whenReached(marks, 4)).toBe(100);
  expect(whenReached(marks, 5)).toBe(200);
  expect(whenReached(marks, 9)).toBe(300);
  expect(whenReached(marks, 10)).toBe(null);
  expect(whenReached([], 1)).toBe(null);
});

import { afterAll, expect, test } from "bun:test";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { addChannel, addMembers, addUsers, fillChannels, warm } from "../test/channels.ts";
import { testDatabase } from "../test/database.ts";
import {
  membersWithPointersMax,
  movePointers,
  type PointerMove,
  type PointerMoved,
  readPointers,
} from "./pointer.ts";

const database = await testDatabase();
afterAll(() => database[Symbol.asyncDispose]());
const { sql } = database;

/** A channel of two whose head is 10. */
async function ground() {
  const [ada, grace] = (await addUsers(sql, "Ada", "Grace")) as [UserId, UserId];
  const lobby = await addChannel(sql, [ada, grace]);
  await fillChannels(sql, [lobby], [grace], 10);
  const move = async (
    readSeq: number | null,
    deliveredSeq: number | null = null,
    readFrom: number | null = null,
  ) => {
    const moved = await movePointers(sql, [
      { channelId: lobby, userId: ada, readSeq, deliveredSeq, readFrom },
    ]);
    return moved.map((one) => [one.readSeq, one.deliveredSeq, one.readFrom]);
  };
  return { ada, grace, lobby, move };
}

test("M27: pointers only grow, are clamped to the head, and a pointer that is not asked for stays", async () => {
  const { move } = await ground();
  expect(await move(null, 4)).toEqual([[0, 4, 0]]);
  expect(await move(3)).toEqual([[3, 4, 3]]);
  expect(await move(2, 1)).toEqual([]);
  expect(await move(null, null, null)).toEqual([]);
  // Who has read it has it.
  expect(await move(6)).toEqual([[6, 6, 6]]);
  expect(await move(99, 99)).toEqual([[10, 10, 10]]);
});

test("M27: what is unread begins where the last write said: `read` moves it up, only an explicit one down", async () => {
  const { move } = await ground();
  await move(8);
  expect(await move(null, null, 2)).toEqual([[8, 8, 2]]);
  expect(await move(5)).toEqual([[8, 8, 5]]);
  expect(await move(9, null, 1)).toEqual([[9, 9, 1]]);
  expect(await move(null, null, 77)).toEqual([[9, 9, 10]]);
  expect(await move(null, 10)).toEqual([[9, 10, 10]]);
});

test("others see a move of what was read or delivered, and no other", async () => {
  const { ada, lobby } = await ground();
  const seen = async (move: Partial<PointerMove>) => {
    const none = { readSeq: null, deliveredSeq: null, readFrom: null };
    const moved = await movePointers(sql, [{ channelId: lobby, userId: ada, ...none, ...move }]);
    return moved.map((one) => one.seen);
  };
  expect(await seen({ deliveredSeq: 5 })).toEqual([true]);
  expect(await seen({ readSeq: 5 })).toEqual([true]);
  expect(await seen({ readFrom: 1 })).toEqual([false]);
});

test("S10: who is no member moves nothing, and in a channel that is gone nothing moves", async () => {
  const { ada, lobby, move } = await ground();
  const [linus] = (await addUsers(sql, "Linus")) as [UserId];
  const one = { deliveredSeq: null, readFrom: null, readSeq: 5 };
  expect(await movePointers(sql, [{ ...one, channelId: lobby, userId: linus }])).toEqual([]);
  expect(
    await movePointers(sql, [{ ...one, channelId: 999_999_999 as ChannelId, userId: ada }]),
  ).toEqual([]);
  await sql`update channels set deleted_at = now() where id = ${lobby}`;
  expect(await move(5)).toEqual([]);
  const [row] = await sql<{ head: number }[]>`select head from users where id = ${ada}`;
  expect(row!.head).toBe(0);
});

test("M26: flushes of many users at once number each user's stream without a hole", async () => {
  const users = await addUsers(sql, ..."abcdef");
  const channels: ChannelId[] = [];
  for (let at = 0; at < 20; at++) channels.push(await addChannel(sql, users));
  await fillChannels(sql, channels, users, 10);
  await warm(sql);
  const flushes = Array.from({ length: 40 }, (_, round) => {
    // Each flush another channel: only the users' own numbers are in each other's way.
    const moves = users.map((userId) => ({
      channelId: channels[round % 20]!,
      userId,
      readSeq: round < 20 ? 5 : 10,
      deliveredSeq: null,
      readFrom: null,
    }));
    // In any order: the statement locks in its own.
    return movePointers(sql, round % 2 ? moves : moves.toReversed());
  });
  const moved = (await Promise.all(flushes)).flat();
  const numbers = new Map<UserId, number[]>();
  for (const { userId, seq } of moved) {
    numbers.set(
      userId,
      [...(numbers.get(userId) ?? []), seq].toSorted((a, b) => a - b),
    );
  }
  for (const taken of numbers.values()) {
    expect(taken).toEqual(Array.from({ length: taken.length }, (_, at) => at + 1));
  }
  const heads = await sql<{ id: UserId; head: number }[]>`
    select id, head from users where id = any (${users}::bigint[])`;
  for (const { id, head } of heads) expect(head).toBe(numbers.get(id)!.length);
  const [row] = await sql<{ least: number }[]>`
    select min(read_seq) as least from members where user_id = any (${users}::bigint[])`;
  expect(row!.least).toBe(10);
});

test("of one flush each user's moves take consecutive numbers, and are told in that order", async () => {
  const [ada, grace] = (await addUsers(sql, "Ada", "Grace")) as [UserId, UserId];
  const channels = [await addChannel(sql, [ada, grace]), await addChannel(sql, [ada, grace])];
  await fillChannels(sql, channels, [ada], 5);
  const moves = [ada, grace].flatMap((userId) =>
    channels.map((channelId) => ({
      channelId,
      userId,
      readSeq: 3,
      deliveredSeq: null,
      readFrom: null,
    })),
  );
  const moved: PointerMoved[] = await movePointers(sql, moves);
  expect(moved.map(({ userId, seq }) => [userId, seq])).toEqual([
    [ada, 1],
    [ada, 2],
    [grace, 1],
    [grace, 2],
  ]);
  // Each user's stream holds the last change of each pointer only.
  await movePointers(
    sql,
    moves.map((move) => ({ ...move, readSeq: 4 })),
  );
  const rows = await sql<{ entity: number; seq: number }[]>`
    select entity, seq from changes where stream_id = ${ada} order by seq`;
  expect(rows.map(({ seq }) => seq)).toEqual([3, 4]);
});

test("pointers of others are for members, and not in large channels", async () => {
  const { ada, grace, lobby, move } = await ground();
  const [linus] = (await addUsers(sql, "Linus")) as [UserId];
  await move(7);
  expect(await readPointers(sql, lobby, grace)).toEqual([
    { user: ada, readSeq: 7, deliveredSeq: 7 },
  ]);
  expect(await readPointers(sql, lobby, linus)).toBeUndefined();
  const more = await addUsers(
    sql,
    ...Array.from({ length: membersWithPointersMax - 2 }, () => "Member"),
  );
  await addMembers(sql, lobby, more);
  expect(await readPointers(sql, lobby, ada)).toHaveLength(membersWithPointersMax - 1);
  await addMembers(sql, lobby, [linus]);
  expect(await readPointers(sql, lobby, ada)).toEqual([]);
  await sql`update channels set deleted_at = now() where id = ${lobby}`;
  expect(await readPointers(sql, lobby, ada)).toBeUndefined();
});

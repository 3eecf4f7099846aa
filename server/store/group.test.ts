import { afterAll, expect, test } from "bun:test";
import type { Refusal } from "#wire/codes.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { groupTextId } from "#wire/text-id.ts";
import { addUsers, streamsOutOfStep, warm } from "../test/channels.ts";
import { testDatabase } from "../test/database.ts";
import { say } from "../test/history.ts";
import { readStream } from "./catch-up.ts";
import type { Touched } from "./change.ts";
import { createDirect } from "./direct-channel.ts";
import {
  addMembers,
  createGroup,
  deleteGroup,
  type GroupChange,
  removeMember,
  renameGroup,
  setRole,
} from "./group.ts";
import { movePointers } from "./pointer.ts";
import { readsOf } from "../test/reads.ts";

const database = await testDatabase();
afterAll(() => database[Symbol.asyncDispose]());
const { sql } = database;
const reads = readsOf(sql);

const newGroup = (name: string, users: UserId[]) => ({
  textId: groupTextId(Bun.randomUUIDv7()),
  name,
  users,
});
function changed(change: GroupChange | Refusal): GroupChange {
  if ("refused" in change) throw new Error(`refused: ${change.refused}`);
  return change;
}
const touchedOf = (change: GroupChange | Refusal): readonly Touched[] => changed(change).touched;

/** A group of Ada's with Grace and Linus in it. */
async function ground() {
  const [ada, grace, linus, radia] = (await addUsers(sql, "Ada", "Grace", "Linus", "Radia")) as [
    UserId,
    UserId,
    UserId,
    UserId,
  ];
  const made = changed(await createGroup(sql, ada, newGroup("engine-room", [grace, linus])));
  return { ada, grace, linus, radia, made, group: made.channelId };
}

async function membersOf(group: ChannelId): Promise<Record<number, string>> {
  const rows = await sql<{ id: UserId; role: string }[]>`
    select user_id as id, role from members where channel_id = ${group}`;
  return Object.fromEntries(rows.map(({ id, role }) => [id, role]));
}

/** What is announced is what somebody who asks would read. */
async function expectToldAsStored(touched: readonly Touched[]): Promise<void> {
  for (const { stream, from, through, rows } of touched) {
    const read = await readStream(sql, stream, from);
    if (!read) continue; // A channel that is deleted.
    expect(read.through).toBe(through);
    expect(read.rows).toEqual([...rows]);
  }
}

test("C5 C6: a group has its maker as admin, the others as members, and stands in all their lists", async () => {
  const { ada, grace, linus, made, group } = await ground();
  expect(await membersOf(group)).toEqual({ [ada]: "admin", [grace]: "member", [linus]: "member" });
  expect(made.touched.map(({ stream, from, through }) => [stream, from, through])).toEqual([
    [group, 0, 4],
    [ada, 0, 2],
    [grace, 0, 2],
    [linus, 0, 2],
  ]);
  await expectToldAsStored(made.touched);
  const { rows } = (await reads.userStream(grace, 0))!;
  expect(rows.map(({ row }) => row)).toMatchObject([
    {
      kind: "membership",
      entity: group,
      body: { textId: made.textId, kind: "group", name: "engine-room", role: "member", peer: null },
    },
    { kind: "pointer", entity: group, body: { readSeq: 4, deliveredSeq: 4, readFrom: 4 } },
  ]);
  expect(await streamsOutOfStep(sql)).toEqual([]);
});

test("C5: the same id asked by the same maker, also at once, is one group; by another it is refused", async () => {
  const [ada, grace] = (await addUsers(sql, "Ada", "Grace")) as [UserId, UserId];
  const wish = newGroup("lobby", [grace]);
  await warm(sql);
  const made = await Promise.all(Array.from({ length: 6 }, () => createGroup(sql, ada, wish)));
  expect(new Set(made.map((one) => changed(one).channelId)).size).toBe(1);
  expect(made.filter((one) => touchedOf(one).length > 0)).toHaveLength(1);
  expect(await createGroup(sql, grace, wish)).toEqual({ refused: "id_taken" });
});

test("C6: a group with somebody who is not there, or no longer active, is not made at all", async () => {
  const [ada, gone] = (await addUsers(sql, "Ada", "Gone")) as [UserId, UserId];
  await sql`update users set active = false where id = ${gone}`;
  for (const other of [gone, 999_999_999 as UserId]) {
    const wish = newGroup("nowhere", [other]);
    expect(await createGroup(sql, ada, wish)).toEqual({ refused: "user_unknown" });
    expect(await sql`select from channels where text_id = ${wish.textId}`).toHaveLength(0);
  }
  expect((await reads.userStream(ada, 0))!.head).toBe(0);
  expect(await createGroup(sql, gone, newGroup("x", []))).toEqual({ refused: "user_unknown" });
});

test("C6 C9: a new name comes in the group's stream and in the list of every member", async () => {
  const { ada, grace, linus, group } = await ground();
  const touched = touchedOf(await renameGroup(sql, group, ada, "machine room"));
  expect(touched.map(({ stream, from, through }) => [stream, from, through])).toEqual([
    [group, 4, 5],
    [ada, 2, 3],
    [grace, 2, 3],
    [linus, 2, 3],
  ]);
  await expectToldAsStored(touched);
  const { rows } = (await reads.userStream(linus, 2))!;
  expect(rows[0]!.row.body).toMatchObject({ name: "machine room" });
  expect(touchedOf(await renameGroup(sql, group, ada, "machine room"))).toEqual([]);
  expect(await renameGroup(sql, group, grace, "mine")).toEqual({ refused: "may_not_manage" });
});

test("C6: any member brings people in, with their pointers at the head; who is in is passed over", async () => {
  const { ada, grace, linus, radia, group } = await ground();
  await say(sql, group, ada);
  await say(sql, group, ada);
  const touched = touchedOf(await addMembers(sql, group, grace, [radia, ada, radia]));
  expect(touched.map(({ stream, from, through }) => [stream, from, through])).toEqual([
    [group, 6, 7],
    [radia, 0, 2],
  ]);
  await expectToldAsStored(touched);
  const [pointers] = await sql<{ pointers: number[] }[]>`
    select array[read_seq, delivered_seq, read_from] as pointers from members where channel_id = ${group} and user_id = ${radia}`;
  expect(pointers!.pointers).toEqual([7, 7, 7]);
  expect(touchedOf(await addMembers(sql, group, linus, [radia]))).toEqual([]);
  expect(await streamsOutOfStep(sql)).toEqual([]);
});

test("C6: who does not exist is not added, nor are those named with them", async () => {
  const { ada, radia, group } = await ground();
  const refused = await addMembers(sql, group, ada, [radia, 999_999_999 as UserId]);
  expect(refused).toEqual({ refused: "user_unknown" });
  expect(Object.keys(await membersOf(group))).not.toContain(String(radia));
});

test("C6: a group takes a thousand members and not one more", async () => {
  const { ada, group } = await ground();
  const many = await addUsers(
    sql,
    ...Array.from({ length: limits.groupMembersMax - 3 }, () => "x"),
  );
  const [last] = await addUsers(sql, "One too many");
  for (let at = 0; at < many.length; at += limits.usersPerAddMax) {
    changed(await addMembers(sql, group, ada, many.slice(at, at + limits.usersPerAddMax)));
  }
  expect(Object.keys(await membersOf(group))).toHaveLength(limits.groupMembersMax);
  expect(await addMembers(sql, group, ada, [last!])).toEqual({ refused: "group_full" });
  expect(touchedOf(await renameGroup(sql, group, ada, "full house"))).toHaveLength(1_001);
  expect(await streamsOutOfStep(sql)).toEqual([]);
});

test("C6 C11: who is removed is gone from the group and from their own list, and their statements find nothing", async () => {
  const { ada, grace, group } = await ground();
  await say(sql, group, ada);
  const touched = touchedOf(await removeMember(sql, group, ada, grace));
  expect(
    touched.map(({ stream, rows }) => [stream, rows.map(({ row }) => [row.kind, row.body])]),
  ).toEqual([
    [group, [["member", null]]],
    [grace, [["membership", null]]],
  ]);
  await expectToldAsStored(touched);
  expect((await reads.channels(grace, [{ channelId: group, cursor: 0, rowsMax: 1 }])).size).toBe(0);
  expect(await say(sql, group, grace).catch(({ message }: Error) => message)).toContain(
    "not_a_member",
  );
  expect(touchedOf(await removeMember(sql, group, ada, grace))).toEqual([]);
  expect(await removeMember(sql, group, grace, ada)).toEqual({ refused: "not_a_member" });
  // And back again: a greater version brings them back.
  await expectToldAsStored(touchedOf(await addMembers(sql, group, ada, [grace])));
  expect(await streamsOutOfStep(sql)).toEqual([]);
});

test("C7: an admin removes everybody, a moderator members, a member nobody but themselves", async () => {
  const { ada, grace, linus, radia, group } = await ground();
  changed(await addMembers(sql, group, ada, [radia]));
  changed(await setRole(sql, group, ada, { user: grace, role: "moderator" }));
  expect(await removeMember(sql, group, linus, radia)).toEqual({ refused: "may_not_manage" });
  expect(await removeMember(sql, group, grace, ada)).toEqual({ refused: "may_not_manage" });
  expect(await setRole(sql, group, grace, { user: linus, role: "admin" })).toEqual({
    refused: "may_not_manage",
  });
  expect(await deleteGroup(sql, group, grace)).toEqual({ refused: "may_not_manage" });
  changed(await renameGroup(sql, group, grace, "by a moderator"));
  changed(await removeMember(sql, group, grace, radia));
  changed(await removeMember(sql, group, linus, linus));
  changed(await removeMember(sql, group, ada, grace));
  expect(await membersOf(group)).toEqual({ [ada]: "admin" });
});

test("C7: a group never stands without an admin: the last one stays one, or hands it on by leaving", async () => {
  const { ada, grace, linus, group } = await ground();
  expect(await setRole(sql, group, ada, { user: ada, role: "member" })).toEqual({
    refused: "may_not_manage",
  });
  changed(await setRole(sql, group, ada, { user: linus, role: "moderator" }));
  const touched = touchedOf(await removeMember(sql, group, ada, ada));
  await expectToldAsStored(touched);
  expect(await membersOf(group)).toEqual({ [grace]: "member", [linus]: "admin" });
  changed(await setRole(sql, group, linus, { user: grace, role: "admin" }));
  changed(await setRole(sql, group, grace, { user: linus, role: "member" }));
  expect(await setRole(sql, group, grace, { user: ada, role: "admin" })).toEqual({
    refused: "user_unknown",
  });
  expect(await streamsOutOfStep(sql)).toEqual([]);
});

test("C8: a deleted group is gone for everybody, nothing of it can be read, and its id is free again", async () => {
  const { ada, grace, linus, made, group } = await ground();
  await say(sql, group, ada);
  const touched = touchedOf(await deleteGroup(sql, group, ada));
  expect(touched.map(({ stream }) => stream)).toEqual([group, ada, grace, linus]);
  await expectToldAsStored(touched);
  expect((await reads.channels(ada, [{ channelId: group, cursor: 0, rowsMax: 1 }])).size).toBe(0);
  const later = await addMembers(sql, group, ada, [grace]);
  expect(later).toEqual({ refused: "channel_gone" });
  const again = changed(
    await createGroup(sql, ada, { textId: made.textId, name: "anew", users: [] }),
  );
  expect(again.channelId).not.toBe(group);
  expect(await streamsOutOfStep(sql)).toEqual([]);
});

test("C6: a group that everybody has left is deleted", async () => {
  const { ada, grace, linus, group } = await ground();
  for (const user of [ada, grace, linus]) changed(await removeMember(sql, group, user, user));
  const [row] = await sql<{ gone: boolean }[]>`
    select deleted_at is not null as gone from channels where id = ${group}`;
  expect(row!.gone).toBe(true);
  expect(await streamsOutOfStep(sql)).toEqual([]);
});

test("a direct channel is not a group, whatever is asked of it", async () => {
  const [ada, grace] = (await addUsers(sql, "Ada", "Grace")) as [UserId, UserId];
  const { channelId } = (await createDirect(sql, ada, grace))!;
  const asked = [
    renameGroup(sql, channelId, ada, "us"),
    addMembers(sql, channelId, ada, [grace]),
    removeMember(sql, channelId, ada, grace),
    removeMember(sql, channelId, ada, ada),
    setRole(sql, channelId, ada, { user: ada, role: "admin" }),
    deleteGroup(sql, channelId, ada),
  ];
  for (const answer of asked) expect(await answer).toEqual({ refused: "not_a_group" });
});

test("S1: who is deactivated changes no group", async () => {
  const { ada, grace, group } = await ground();
  await sql`update users set active = false where id = ${ada}`;
  expect(await removeMember(sql, group, ada, grace)).toEqual({ refused: "user_inactive" });
});

test("M26: members come and go, messages and pointers move, all at once; no stream has a hole and nobody deadlocks", async () => {
  const people = await addUsers(sql, ..."abcdefgh");
  const [maker, ...others] = people as [UserId, ...UserId[]];
  const groups = await Promise.all(
    [1, 2, 3].map(
      async (at) =>
        changed(await createGroup(sql, maker, newGroup(`room ${at}`, others))).channelId,
    ),
  );
  await warm(sql);
  const works = groups.flatMap((group) =>
    others.flatMap((user, at) => [
      removeMember(sql, group, maker, user),
      addMembers(sql, group, maker, [user]),
      renameGroup(sql, group, maker, `room ${at}`),
      say(sql, group, maker),
      movePointers(sql, [
        { channelId: group, userId: user, readSeq: at + 1, deliveredSeq: null, readFrom: null },
      ]),
      createDirect(sql, user, maker),
    ]),
  );
  expect((await Promise.allSettled(works)).filter(({ status }) => status === "rejected")).toEqual(
    [],
  );
  expect(await streamsOutOfStep(sql)).toEqual([]);
});

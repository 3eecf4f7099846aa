import { afterAll, expect, test } from "bun:test";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { addUsers, streamsWithHoles, warm } from "../test/channels.ts";
import { testDatabase } from "../test/database.ts";
import { createDirect } from "./direct-channel.ts";
import { readsOf } from "../test/reads.ts";

const database = await testDatabase();
afterAll(() => database[Symbol.asyncDispose]());
const { sql } = database;
const reads = readsOf(sql);

test("C1: ten who open it at once get one channel, under the same id for both", async () => {
  const [ada, grace] = (await addUsers(sql, "Ada", "Grace")) as [UserId, UserId];
  const created = await Promise.all(
    Array.from({ length: 10 }, (_, at) =>
      at % 2 ? createDirect(sql, ada, grace) : createDirect(sql, grace, ada),
    ),
  );
  const channelId = created[0]!.channelId;
  for (const one of created) {
    expect(one).toMatchObject({ channelId, textId: `dm-${ada}-${grace}` });
  }
  expect(created.filter((one) => one!.touched.length > 0).map((one) => one!.touched)).toEqual([
    [
      { stream: channelId, from: 0, through: 2 },
      { stream: ada, from: 0, through: 1 },
      { stream: grace, from: 0, through: 1 },
    ],
  ]);
  const [row] = await sql<{ count: number }[]>`
    select count(*) from channels where text_id = ${`dm-${ada}-${grace}`}`;
  expect(row!.count).toBe(1);
  expect(await streamsWithHoles(sql)).toEqual([]);
});

test("C1: it stands in both users' streams and in its own, and everything in it is read", async () => {
  const [ada, grace] = (await addUsers(sql, "Ada", "Grace")) as [UserId, UserId];
  const { channelId, textId } = (await createDirect(sql, grace, ada))!;
  for (const [own, peer] of [
    [ada, { id: grace, name: "Grace" }],
    [grace, { id: ada, name: "Ada" }],
  ] as const) {
    const { rows, through } = (await reads.userStream(own, 0))!;
    expect(through).toBe(1);
    expect(rows.map(({ row }) => row)).toMatchObject([
      { kind: "membership", entity: channelId, version: 1, body: { textId, kind: "direct", peer } },
    ]);
  }
  const channels = await reads.channels(ada, [{ channelId, cursor: 0, rowsMax: 2 }]);
  expect(channels.get(channelId)).toMatchObject({
    through: 2,
    rows: [
      { position: 1, row: { kind: "member", entity: ada, body: { name: "Ada" } } },
      { position: 2, row: { kind: "member", entity: grace, body: { name: "Grace" } } },
    ],
  });
  const members = await sql<{ pointers: number[] }[]>`
    select array[read_seq, delivered_seq, read_from] as pointers from members where channel_id = ${channelId}`;
  expect(members.map(({ pointers }) => pointers)).toEqual([
    [2, 2, 2],
    [2, 2, 2],
  ]);
  expect(await reads.directPeers(ada, [channelId])).toEqual([grace]);
});

test("C1: with oneself it is one's own", async () => {
  const [ada] = (await addUsers(sql, "Ada")) as [UserId];
  const { channelId, touched } = (await createDirect(sql, ada, ada))!;
  expect(touched).toEqual([
    { stream: channelId, from: 0, through: 1 },
    { stream: ada, from: 0, through: 1 },
  ]);
  const { rows } = (await reads.userStream(ada, 0))!;
  expect(rows[0]!.row).toMatchObject({ kind: "membership", body: { peer: null } });
  expect(await createDirect(sql, ada, ada)).toMatchObject({ channelId, touched: [] });
  expect(await reads.directPeers(ada, [channelId])).toEqual([]);
});

test("nobody opens one with who is not there or no longer active, and nothing is left of the attempt", async () => {
  const [ada, gone] = (await addUsers(sql, "Ada", "Gone")) as [UserId, UserId];
  await sql`update users set active = false where id = ${gone}`;
  expect(await createDirect(sql, ada, gone)).toBeUndefined();
  expect(await createDirect(sql, gone, ada)).toBeUndefined();
  expect(await createDirect(sql, ada, 999_999_999 as UserId)).toBeUndefined();
  expect((await reads.userStream(ada, 0))!.head).toBe(0);
  const rows = await sql`select 1 from channels where text_id like ${`dm-%${ada}%`}`;
  expect(rows).toHaveLength(0);
});

test("M26: people who open many at once, from both sides, all get them, and their streams have no hole", async () => {
  await warm(sql);
  for (let round = 0; round < 4; round++) {
    const users = await addUsers(sql, ..."abcdefgh");
    const pairs = users.flatMap((one) => users.map((other) => [one, other] as const));
    const created = await Promise.all(pairs.map(([one, other]) => createDirect(sql, one, other)));
    const distinct = new Set<ChannelId>(created.map((one) => one!.channelId));
    expect(distinct.size).toBe((8 * 9) / 2);
    for (const user of users) {
      const { rows, head } = (await reads.userStream(user, 0))!;
      expect(head).toBe(8);
      expect(rows.map(({ position }) => position)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    }
  }
  expect(await streamsWithHoles(sql)).toEqual([]);
});

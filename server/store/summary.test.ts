import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { MessageRow } from "#wire/row.ts";
import { isUnread } from "#wire/unread.ts";
import { addChannel, addUsers, fillChannels } from "../test/channels.ts";
import { testDatabase } from "../test/database.ts";
import { edit, remove, say } from "../test/history.ts";
import { readPage } from "./history.ts";
import { movePointers } from "./pointer.ts";
import { readsOf } from "../test/reads.ts";

const database = await testDatabase();
afterAll(() => database[Symbol.asyncDispose]());
const { sql } = database;
const reads = readsOf(sql);

const [ada, grace] = (await addUsers(sql, "Ada", "Grace")) as [UserId, UserId];
const summaryOf = async (userId: UserId, channel: ChannelId) =>
  (await reads.summaries(userId, [channel]))[0]!;
const readTo = (userId: UserId, channelId: ChannelId, readFrom: number) =>
  movePointers(sql, [{ channelId, userId, readSeq: null, deliveredSeq: null, readFrom }]);

test("C10: a summary says the newest message as it is now, what is unread, own pointers, and as of which head", async () => {
  const channel = await addChannel(sql, [ada, grace]);
  expect(await summaryOf(ada, channel)).toEqual({
    channel,
    asOf: 0,
    lastMessage: null,
    unread: 0,
    readSeq: 0,
    deliveredSeq: 0,
    readFrom: 0,
  });
  await say(sql, channel, ada, { body: "one" });
  const last = await say(sql, channel, grace, { body: "two" });
  await say(sql, channel, grace, { body: "a reply", rootSeq: last });
  await edit(sql, channel, last, "two, better");
  expect(await summaryOf(ada, channel)).toMatchObject({
    asOf: 4,
    lastMessage: { entity: 2, version: 4, body: { body: "two, better", authorId: grace } },
    unread: 1,
  });
  expect(await summaryOf(grace, channel)).toMatchObject({ unread: 1 });
  await readTo(ada, channel, 2);
  expect(await summaryOf(ada, channel)).toMatchObject({ unread: 0, readFrom: 2, readSeq: 0 });
});

test("S10: summaries of channels of others are left out; the others come in the order they were asked for", async () => {
  const mine = [await addChannel(sql, [ada]), await addChannel(sql, [ada, grace])];
  const theirs = await addChannel(sql, [grace]);
  const gone = await addChannel(sql, [ada]);
  await sql`update channels set deleted_at = now() where id = ${gone}`;
  const found = await reads.summaries(ada, [mine[1]!, theirs, gone, mine[0]!]);
  expect(found.map(({ channel }) => channel)).toEqual([mine[1]!, mine[0]!]);
});

test("unread is counted to 100 and no further", async () => {
  const channel = await addChannel(sql, [ada, grace]);
  await fillChannels(sql, [channel], [grace], limits.unreadMax);
  await readTo(ada, channel, 1);
  expect((await summaryOf(ada, channel)).unread).toBe(limits.unreadMax - 1);
  await readTo(ada, channel, 0);
  expect((await summaryOf(ada, channel)).unread).toBe(limits.unreadMax);
  await say(sql, channel, grace);
  expect((await summaryOf(ada, channel)).unread).toBe(limits.unreadMax);
});

test("unread is what the wire's own definition says of the whole history", async () => {
  const step = fc.record({
    do: fc.constantFrom("mine", "theirs", "reply", "system", "remove", "read"),
    of: fc.nat(),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 25 }), async (steps) => {
      const channel = await addChannel(sql, [ada, grace]);
      let head = 0;
      const roots: number[] = [];
      for (const { do: what, of } of steps) {
        const root = roots[of % Math.max(1, roots.length)];
        if (what === "mine") roots.push((head = await say(sql, channel, ada)));
        else if (what === "theirs") roots.push((head = await say(sql, channel, grace)));
        else if (what === "reply" && root) {
          head = await say(sql, channel, grace, { rootSeq: root });
        } else if (what === "system") {
          // As a later version will write it: it counts for nobody.
          head = await say(sql, channel, grace);
          await sql`update messages set kind = 1, counts = false where channel_id = ${channel} and seq = ${head}`;
        } else if (what === "remove" && root) head = await remove(sql, channel, root);
        else if (what === "read") await readTo(ada, channel, of % (head + 1));
      }
      const { unread, readFrom } = await summaryOf(ada, channel);
      const page = await readPage(sql, ada, channel, 0, 1_000);
      const reader = { userId: ada, readFrom, blocked: new Set<UserId>() };
      expect(unread).toBe(page!.rows.filter((row) => isUnread(row as MessageRow, reader)).length);
    }),
    { numRuns: 12 },
  );
});

test("C10: all channels of a person come newest activity first, silent ones by when one joined", async () => {
  const [me] = (await addUsers(sql, "Margaret")) as [UserId];
  const [quiet, old, fresh, gone] = [
    await addChannel(sql, [me]),
    await addChannel(sql, [me]),
    await addChannel(sql, [me]),
    await addChannel(sql, [me]),
  ] as const;
  await sql`update members set joined_at = now() - interval '1 day' where user_id = ${me}`;
  await sql`update channels set deleted_at = now() where id = ${gone}`;
  await say(sql, fresh, me);
  await say(sql, old, me);
  await say(sql, fresh, me);
  expect(await reads.memberships(me)).toMatchObject([
    { channelId: fresh, head: 2 },
    { channelId: old, head: 1 },
    { channelId: quiet, head: 0 },
  ]);
});

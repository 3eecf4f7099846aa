import { afterAll, expect, test } from "bun:test";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { addChannel, addUsers, fillChannels } from "../test/channels.ts";
import { testDatabase } from "../test/database.ts";
import { change, edit, join, leave, say } from "../test/history.ts";
import { type Page, readPage, readState } from "./history.ts";

const database = await testDatabase();
afterAll(() => database[Symbol.asyncDispose]());
const { sql } = database;

const [ada, grace] = (await addUsers(sql, "Ada", "Grace")) as [UserId, UserId];
const entities = (page: Page | undefined): number[] => page!.rows.map(({ entity }) => entity);

async function channelOf(messages: number): Promise<ChannelId> {
  const channel = await addChannel(sql, [ada, grace]);
  await fillChannels(sql, [channel], [ada], messages);
  return channel;
}

test("M10: history comes by pages from the end to the beginning, without a hole between them", async () => {
  const channel = await channelOf(125);
  const newest = await readPage(sql, ada, channel, 0, 50);
  expect(newest).toMatchObject({ asOf: 125, since: 76, older: true });
  expect(entities(newest)).toEqual(Array.from({ length: 50 }, (_, at) => 76 + at));
  const middle = await readPage(sql, ada, channel, newest!.since, 50);
  expect(middle).toMatchObject({ since: 26, older: true });
  const first = await readPage(sql, ada, channel, middle!.since, 50);
  expect(first).toMatchObject({ since: 0, older: false });
  expect([...entities(first), ...entities(middle), ...entities(newest)]).toEqual(
    Array.from({ length: 125 }, (_, at) => at + 1),
  );
});

test("M10: a page that ends exactly at the beginning says that nothing is older", async () => {
  const channel = await channelOf(50);
  expect(await readPage(sql, ada, channel, 0, 50)).toMatchObject({ since: 0, older: false });
  expect(await readPage(sql, ada, channel, 0, 49)).toMatchObject({ since: 2, older: true });
  expect(await readPage(sql, ada, channel, 51, 50)).toMatchObject({ since: 0, older: false });
  expect(entities(await readPage(sql, ada, channel, 2, 50))).toEqual([1]);
  expect(await readPage(sql, ada, channel, 1, 50)).toEqual({
    asOf: 50,
    since: 0,
    older: false,
    rows: [],
  });
});

test("M10: a page holds messages as they are now, over the holes that changes leave between them", async () => {
  const channel = await addChannel(sql, [ada, grace]);
  await say(sql, channel, ada, { body: "one" });
  await edit(sql, channel, 1, "one, better");
  await change(sql, channel, "settings", 0);
  const reply = await say(sql, channel, grace, { body: "two", rootSeq: 1 });
  const page = await readPage(sql, grace, channel, 0, 50);
  expect(page).toMatchObject({ asOf: 4, since: 0, older: false });
  expect(page!.rows).toMatchObject([
    { entity: 1, version: 2, body: { body: "one, better", rootSeq: null } },
    { entity: reply, version: reply, body: { body: "two", rootSeq: 1 } },
  ]);
});

test("S10: nobody reads pages of a channel that is not theirs or is gone; an empty one has an empty page", async () => {
  const channel = await addChannel(sql, [ada]);
  expect(await readPage(sql, ada, channel, 0, 50)).toEqual({
    asOf: 0,
    since: 0,
    older: false,
    rows: [],
  });
  await say(sql, channel, ada);
  expect(await readPage(sql, grace, channel, 0, 50)).toBeUndefined();
  await sql`update channels set deleted_at = now() where id = ${channel}`;
  expect(await readPage(sql, ada, channel, 0, 50)).toBeUndefined();
});

test("what a reset holds besides messages: who is here and the settings, newest first, without who left", async () => {
  const channel = await addChannel(sql, [ada]);
  const [linus, alan] = (await addUsers(sql, "Linus", "Alan")) as [UserId, UserId];
  await join(sql, channel, linus);
  await say(sql, channel, ada);
  await change(sql, channel, "settings", 0);
  await edit(sql, channel, 2, "edited");
  await join(sql, channel, alan);
  await leave(sql, channel, linus);
  expect(await readState(sql, channel, 10)).toMatchObject([
    { kind: "member", entity: alan, version: 5, body: { name: "Alan", role: "member" } },
    { kind: "settings", entity: 0, version: 3, body: { kind: "group", name: null } },
  ]);
  expect(await readState(sql, channel, 1)).toEqual([]);
});

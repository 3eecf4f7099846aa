import { expect, test } from "bun:test";
import type { UserId } from "#wire/ids.ts";
import { addChannel, addUsers } from "../test/channels.ts";
import { testDatabase } from "../test/database.ts";
import { say } from "../test/history.ts";
import { createDirect } from "./direct-channel.ts";
import { readHeads } from "./head.ts";

test("heads of channels and users are read together; streams that are not there are left out", async () => {
  await using database = await testDatabase();
  const { sql } = database;
  const [ada, grace] = (await addUsers(sql, "Ada", "Grace")) as [UserId, UserId];
  const lobby = await addChannel(sql, [ada]);
  await say(sql, lobby, ada);
  const { channelId } = (await createDirect(sql, ada, grace))!;
  const heads = await readHeads(sql, [ada, lobby, channelId, 999_999_999 as UserId]);
  expect(heads).toEqual(
    new Map([
      [ada, 1],
      [lobby, 1],
      [channelId, 2],
    ] as [UserId, number][]),
  );
  expect(await readHeads(sql, [])).toEqual(new Map());
});

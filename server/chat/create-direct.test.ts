import { expect, test } from "bun:test";
import type { StreamId, UserId } from "#wire/ids.ts";
import { testDatabase } from "../test/database.ts";
import { createDirectChannel } from "./create-direct.ts";
import type { ChatParts } from "./parts.ts";

test("C1 W2: a direct channel that is committed and cannot be announced is told by heads, to everybody it touches", async () => {
  await using database = await testDatabase();
  const { sql } = database;
  const [ada, grace] = await sql<{ id: UserId }[]>`
    insert into users (name) values ('Ada'), ('Grace') returning id`;
  const wrote: StreamId[] = [];
  const parts = {
    writing: sql,
    heads: { wrote: (stream: StreamId) => void wrote.push(stream) },
    readIntervals: () => Promise.reject(new Error("the reading pool is gone")),
  } as unknown as ChatParts;
  const wish = { user: grace!.id };
  const answered = await createDirectChannel(parts, ada!.id, wish).catch(
    ({ message }: Error) => message,
  );
  expect(answered).toBe("the reading pool is gone");
  const [channel] = await sql<{ id: StreamId }[]>`select id from channels`;
  expect(new Set(wrote)).toEqual(new Set([ada!.id, grace!.id, channel!.id]));
});

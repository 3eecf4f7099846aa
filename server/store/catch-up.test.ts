import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { addChannel, addUsers } from "../test/channels.ts";
import { testDatabase } from "../test/database.ts";
import { change, edit, Holder, join, leave, presentState, remove, say } from "../test/history.ts";
import { readChannels, readStream, readUserStreams } from "./catch-up.ts";
import { createDirect } from "./direct-channel.ts";
import { movePointers } from "./pointer.ts";
import { writeProfile } from "./profile.ts";

const database = await testDatabase();
afterAll(() => database[Symbol.asyncDispose]());
const { sql } = database;

const [ada, grace, linus] = (await addUsers(sql, "Ada", "Grace", "Linus")) as [
  UserId,
  UserId,
  UserId,
];
const read = async (channelId: ChannelId, cursor: Seq, rowsMax?: number) =>
  (await readChannels(sql, [{ userId: ada, channelId, cursor }], rowsMax))[0]!;
const readOwn = async (userId: UserId, cursor: Seq, rowsMax?: number) =>
  (await readUserStreams(sql, [{ userId, cursor }], rowsMax))[0];
/** Position, kind, entity and version of each row. */
const shapeOf = ({ rows }: Awaited<ReturnType<typeof read>>) =>
  rows.map(({ position, row }) => [position, row.kind, row.entity, row.version]);

test("W2: births and changes come merged by position; a changed message carries its newest version at both", async () => {
  const lobby = await addChannel(sql, [ada, grace]);
  for (const body of ["one", "two", "three"]) await say(sql, lobby, ada, { body });
  await edit(sql, lobby, 2, "two, better");
  await join(sql, lobby, linus);
  await say(sql, lobby, grace);
  const all = await read(lobby, 0);
  expect(all).toMatchObject({ from: 0, through: 6, head: 6, cut: false });
  expect(shapeOf(all)).toEqual([
    [1, "message", 1, 1],
    [2, "message", 2, 4],
    [3, "message", 3, 3],
    [4, "message", 2, 4],
    [5, "member", linus, 5],
    [6, "message", 6, 6],
  ]);
  expect(all.rows[1]!.row.body).toMatchObject({ body: "two, better" });
  expect(shapeOf(await read(lobby, 3))).toEqual([
    [4, "message", 2, 4],
    [5, "member", linus, 5],
    [6, "message", 6, 6],
  ]);
  expect(await read(lobby, 6)).toMatchObject({ from: 6, through: 6, rows: [] });
  expect(await read(lobby, 99)).toMatchObject({ from: 99, through: 6, head: 6, rows: [] });
});

test("W2: a page that is cut reaches to the position of its last row, never to a version", async () => {
  const lobby = await addChannel(sql, [ada]);
  for (const body of ["one", "two", "three", "four"]) await say(sql, lobby, ada, { body });
  await edit(sql, lobby, 1, "one, better");
  const page = await read(lobby, 0, 1);
  expect(shapeOf(page)).toEqual([[1, "message", 1, 5]]);
  expect(page).toMatchObject({ through: 1, head: 5, cut: true });
  // Exactly as many as fit are not cut.
  expect(await read(lobby, 0, 5)).toMatchObject({ through: 5, cut: false });
  expect(await read(lobby, 0, 4)).toMatchObject({ through: 4, cut: true });
});

test("W2: what changes while a client pages moves to a later position and comes there", async () => {
  const lobby = await addChannel(sql, [ada]);
  for (const body of ["one", "two", "three"]) await say(sql, lobby, ada, { body });
  await edit(sql, lobby, 3, "three, better");
  const holder = new Holder();
  holder.apply(await read(lobby, 0, 2));
  await edit(sql, lobby, 3, "three, best");
  await edit(sql, lobby, 1, "one, late");
  const rest = await read(lobby, holder.cursor);
  expect(shapeOf(rest)).toEqual([
    [3, "message", 3, 5],
    [5, "message", 3, 5],
    [6, "message", 1, 6],
  ]);
  holder.apply(rest);
  expect(holder.rows()).toMatchObject(await presentState(sql, lobby));
});

test("W2: a deleted message keeps its row, blank; who left is a tombstone", async () => {
  const lobby = await addChannel(sql, [ada, grace]);
  await say(sql, lobby, ada, { body: "a secret" });
  await join(sql, lobby, linus);
  await remove(sql, lobby, 1);
  await leave(sql, lobby, linus);
  const { rows } = await read(lobby, 2);
  expect(rows.map(({ row }) => row)).toMatchObject([
    { kind: "message", entity: 1, version: 3, body: { deleted: true, body: "" } },
    { kind: "member", entity: linus, version: 4, body: null },
  ]);
});

test("S10: channels of others, deleted ones and those that never were are left out", async () => {
  const [mine, theirs, gone] = [
    await addChannel(sql, [ada]),
    await addChannel(sql, [grace]),
    await addChannel(sql, [ada]),
  ] as const;
  await say(sql, theirs, grace);
  await sql`update channels set deleted_at = now() where id = ${gone}`;
  const asked = [theirs, mine, gone, 999_999_999 as ChannelId].map((channelId) => ({
    userId: ada,
    channelId,
    cursor: 0,
  }));
  expect(await readChannels(sql, asked)).toMatchObject([
    undefined,
    { stream: mine },
    undefined,
    undefined,
  ] as object[]);
  // The worker itself is let in everywhere, by whichever kind of stream it is.
  expect(await readStream(sql, theirs, 0)).toMatchObject({ stream: theirs, through: 1 });
  expect(await readStream(sql, ada, 0)).toMatchObject({ stream: ada });
  expect(await readStream(sql, gone, 0)).toBeUndefined();
});

test("W2: a user's own stream brings memberships and pointers as they are now", async () => {
  const [me, you] = (await addUsers(sql, "Margaret", "Alan")) as [UserId, UserId];
  const first = (await createDirect(sql, me, you))!.channelId;
  const second = (await createDirect(sql, you, me))!.channelId;
  expect(second).toBe(first);
  const alone = (await createDirect(sql, me, me))!.channelId;
  await say(sql, first, you);
  await movePointers(sql, [
    { channelId: first, userId: me, readSeq: 3, deliveredSeq: null, readFrom: null },
  ]);
  const all = (await readOwn(me, 0))!;
  expect(all).toMatchObject({ from: 0, through: 3, cut: false });
  expect(all.rows.map(({ row }) => row)).toMatchObject([
    { kind: "membership", entity: first, version: 1, body: { peer: { id: you, name: "Alan" } } },
    { kind: "membership", entity: alone, version: 2, body: { peer: null } },
    {
      kind: "pointer",
      entity: first,
      version: 3,
      body: { readSeq: 3, deliveredSeq: 3, readFrom: 3 },
    },
  ]);
  expect((await readOwn(me, 2))!.rows).toHaveLength(1);
  const cut = (await readOwn(me, 0, 2))!;
  expect(cut).toMatchObject({ through: 2, head: 3, cut: true });
  const profile = {
    status: { text: "At sea", until: Date.UTC(2030, 0, 1) },
    shown: { as: "away" as const, typing: false, receipts: true },
  };
  await writeProfile(sql, me, { status: profile.status });
  expect((await writeProfile(sql, me, { shown: profile.shown }))!.through).toBe(5);
  expect((await readOwn(me, 3))!.rows.map(({ row }) => row)).toEqual([
    { kind: "profile", entity: 0, version: 5, body: profile },
  ]);

  await sql`update channels set deleted_at = now() where id = ${first}`;
  const [gone] = (await readOwn(me, 0))!.rows;
  expect(gone!.row).toMatchObject({ kind: "membership", entity: first, body: null });
  expect(await readOwn(999_999_999 as UserId, 0)).toBeUndefined();
});

const step = fc.oneof(
  { weight: 5, arbitrary: fc.record({ do: fc.constant("say" as const), of: fc.nat() }) },
  fc.record({
    do: fc.constantFrom("edit" as const, "remove" as const, "leave" as const, "settings" as const),
    of: fc.nat(),
  }),
  // A client reads a page of so many rows.
  { weight: 2, arbitrary: fc.record({ do: fc.constant("page" as const), of: fc.nat(5) }) },
);

test("W2: whoever pages from any cursor, while things go on, ends in the present state", async () => {
  const people = await addUsers(sql, ..."abcd");
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const channel = await addChannel(sql, [ada]);
      const holders = [new Holder()];
      const here = new Set<UserId>();
      const messages: Seq[] = [];
      for (const { do: what, of } of steps) {
        const seq = messages[of % Math.max(1, messages.length)];
        const person = people[of % people.length]!;
        if (what === "say") messages.push(await say(sql, channel, ada));
        else if (what === "edit" && seq) await edit(sql, channel, seq, `edited ${of}`);
        else if (what === "remove" && seq) await remove(sql, channel, seq);
        else if (what === "leave") {
          if (here.delete(person)) await leave(sql, channel, person);
          else {
            here.add(person);
            await join(sql, channel, person);
          }
        } else if (what === "settings") await change(sql, channel, "settings", 0);
        else if (what === "page") {
          for (const holder of holders) holder.apply(await read(channel, holder.cursor, 1 + of));
          holders.push(new Holder());
        }
      }
      const present = await presentState(sql, channel);
      for (const holder of holders) {
        let page = await read(channel, holder.cursor, 3);
        holder.apply(page);
        while (page.cut) {
          page = await read(channel, holder.cursor, 3);
          holder.apply(page);
        }
        expect(holder.rows()).toMatchObject(present);
        expect(holder.rows()).toHaveLength(present.length);
      }
    }),
    { numRuns: 8 },
  );
  const [row] = await sql<{ count: number }[]>`select count(*) from changes where kind = 1`;
  expect(row!.count).toBeGreaterThan(0);
});

test("M26: one statement never sees a head without its rows, whoever writes meanwhile", async () => {
  const channel = await addChannel(sql, [ada]);
  let isOver = false;
  const writing = (async () => {
    for (let round = 0; round < 60; round++) {
      const seq = await say(sql, channel, ada);
      if (round % 3 === 0) await edit(sql, channel, seq, "at once");
    }
    isOver = true;
  })();
  let seen = 0;
  while (!isOver) {
    const { rows, through } = await read(channel, 0);
    // From the beginning, each number up to the head is a birth, a change, or a change that has moved on.
    expect(rows.at(-1)?.position ?? 0).toBe(through);
    expect(through).toBeGreaterThanOrEqual(seen);
    seen = through;
  }
  await writing;
});

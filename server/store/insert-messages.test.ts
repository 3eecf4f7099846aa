import { afterAll, expect, test } from "bun:test";
import fc from "fast-check";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { addChannel, addUsers, draftOf, storedIn, streamsWithHoles } from "../test/channels.ts";
import { testDatabase } from "../test/database.ts";
import { type Database, openDatabase } from "./database.ts";

const database = await testDatabase();
afterAll(() => database[Symbol.asyncDispose]());
const { sql } = database;
import { type Draft, insertMessages } from "./insert-messages.ts";

/** Each draft is a command of its own. */
const apart = (drafts: readonly Draft[]): number[] => drafts.map((_, index) => index);

/** What became of each draft: its `seq`, negative where it was known already, or the refusal. */
async function insert(
  through: Database,
  drafts: readonly Draft[],
  sends = apart(drafts),
): Promise<(number | string)[]> {
  const { fates } = await insertMessages(through, drafts, sends);
  return fates.map((fate) => ("refused" in fate ? fate.refused : fate.born ? fate.seq : -fate.seq));
}

async function ground() {
  const [ada, grace, linus] = (await addUsers(sql, "Ada", "Grace", "Linus")) as [
    UserId,
    UserId,
    UserId,
  ];
  const lobby = await addChannel(sql, [ada, grace]);
  const engineRoom = await addChannel(sql, [ada, grace]);
  return { ada, grace, linus, lobby, engineRoom };
}

test("M2: drafts of several channels are numbered in their order, per channel, from the head on", async () => {
  const { ada, grace, lobby, engineRoom } = await ground();
  await insert(sql, [draftOf(lobby, ada)]);

  const drafts = [
    draftOf(engineRoom, grace, { body: "one" }),
    draftOf(lobby, ada, { body: "two" }),
    draftOf(engineRoom, ada, { body: "three" }),
    draftOf(lobby, grace, { body: "four" }),
  ];
  const { fates, headsBefore } = await insertMessages(sql, drafts, apart(drafts));
  expect(fates).toMatchObject([
    { seq: 1, born: true },
    { seq: 2, born: true },
    { seq: 2, born: true },
    { seq: 3, born: true },
  ]);
  expect(headsBefore).toEqual(
    new Map([
      [lobby, 1],
      [engineRoom, 0],
    ]),
  );
  expect((await storedIn(sql, engineRoom)).map(({ body }) => body)).toEqual(["one", "three"]);
  const [row] = await sql`
    select head, last_message_seq from channels where id = ${lobby}`;
  expect({ ...row }).toEqual({ head: 3, last_message_seq: 3 });
  expect(await streamsWithHoles(sql)).toEqual([]);
});

test("the time of a message is one that JavaScript can say, and the same wherever it is read", async () => {
  const { ada, lobby } = await ground();
  const draft = draftOf(lobby, ada);
  const [first] = (await insertMessages(sql, [draft], [0])).fates;
  const [again] = (await insertMessages(sql, [draft], [0])).fates;
  const [row] = await sql<{ ms: number }[]>`
    select (extract(epoch from created_at) * 1000)::bigint as ms from messages where channel_id = ${lobby}`;
  expect(first).toMatchObject({ createdAt: row!.ms });
  expect(again).toEqual({ seq: 1, createdAt: row!.ms, born: false });
});

test("W4: a repeated id is one message, inside one call and for ever", async () => {
  const { ada, lobby } = await ground();
  const draft = draftOf(lobby, ada, { body: "once" });
  const other = draftOf(lobby, ada);
  expect(await insert(sql, [draft, other, { ...draft, body: "twice" }])).toEqual([1, 2, -1]);
  expect(await insert(sql, [{ ...draft, body: "thrice" }, draftOf(lobby, ada)])).toEqual([-1, 3]);

  // Deleted, by somebody who was put out of a channel that is gone: still the same message.
  await sql`update messages set body = '', deleted_at = now(), counts = false where seq = 1`;
  await sql`delete from members where user_id = ${ada}`;
  await sql`update users set active = false where id = ${ada}`;
  await sql`update channels set deleted_at = now() where id = ${lobby}`;
  expect(await insert(sql, [draft])).toEqual([-1]);
  expect(await storedIn(sql, lobby)).toMatchObject([{ body: "" }, {}, {}]);
});

test("W4: the same id in two channels, or by two authors, is two messages", async () => {
  const { ada, grace, lobby, engineRoom } = await ground();
  const draft = draftOf(lobby, ada);
  const drafts = [draft, { ...draft, channelId: engineRoom }, { ...draft, authorId: grace }];
  expect(await insert(sql, drafts)).toEqual([1, 1, 2]);
  expect(await insert(sql, drafts.toReversed())).toEqual([-2, -1, -1]);
});

test("S10: only an active member who may write writes, into a channel that is there", async () => {
  const { ada, grace, linus, lobby, engineRoom } = await ground();
  const [silent, gone] = (await addUsers(sql, "Silent", "Gone")) as [UserId, UserId];
  const deleted = await addChannel(sql, [ada]);
  await sql`insert into members (channel_id, user_id, may_write) values (${lobby}, ${silent}, false), (${lobby}, ${gone}, true)`;
  await sql`update users set active = false where id = ${gone}`;
  await sql`update channels set deleted_at = now() where id = ${deleted}`;
  const nowhere = 999_999_999 as ChannelId;
  const nobody = 999_999_998 as UserId;

  expect(
    await insert(sql, [
      draftOf(lobby, linus),
      draftOf(lobby, silent),
      draftOf(lobby, gone),
      draftOf(deleted, ada),
      draftOf(deleted, linus),
      draftOf(nowhere, ada),
      draftOf(lobby, nobody),
      // A channel's and a user's number are of one sequence, and not of one kind.
      draftOf(ada as number as ChannelId, ada),
      draftOf(engineRoom, grace),
    ]),
  ).toEqual([
    "not_a_member",
    "may_not_write",
    "user_inactive",
    "channel_gone",
    "not_a_member",
    "not_a_member",
    "user_inactive",
    "not_a_member",
    1,
  ]);
  expect(await storedIn(sql, lobby)).toEqual([]);
  expect(await streamsWithHoles(sql)).toEqual([]);
});

test("a reply's root is a message of the same channel that is no reply itself, and moves no last message", async () => {
  const { ada, lobby, engineRoom } = await ground();
  await insert(sql, [draftOf(engineRoom, ada), draftOf(lobby, ada)]);
  const reply = draftOf(engineRoom, ada, { rootSeq: 1 });
  expect(await insert(sql, [reply])).toEqual([2]);
  expect(
    await insert(
      sql,
      [2, 3, 0, -1].map((rootSeq) => draftOf(engineRoom, ada, { rootSeq })),
    ),
  ).toEqual(Array(4).fill("root_unknown"));
  expect(await insert(sql, [draftOf(lobby, ada, { rootSeq: 2 })])).toEqual(["root_unknown"]);
  expect(await insert(sql, [{ ...reply, rootSeq: 77 }])).toEqual([-2]);

  const [row] = await sql`
    select head, last_message_seq as last, (select counts from messages m where m.channel_id = c.id and seq = 2) as counts
      from channels c where id = ${engineRoom}`;
  expect({ ...row }).toEqual({ head: 2, last: 1, counts: false });
});

test("after a refused draft the later ones of its command are skipped, and no others", async () => {
  const { ada, grace, lobby } = await ground();
  const bad = (): Draft => draftOf(lobby, ada, { rootSeq: 99 });
  const good = (author = ada): Draft => draftOf(lobby, author);
  const drafts = [good(), good(grace), bad(), good(grace), good(), bad()];
  expect(await insert(sql, drafts, [0, 1, 0, 1, 0, 0])).toEqual([
    1,
    2,
    "root_unknown",
    3,
    "skipped",
    "skipped",
  ]);
  // Tried again, the skipped one is new.
  expect(await insert(sql, [drafts[4]!])).toEqual([4]);
  expect(await streamsWithHoles(sql)).toEqual([]);
});

test("a repeated id whose first appearance is skipped is stored by the second; what is known stays known behind a refusal", async () => {
  const { ada, lobby } = await ground();
  const [known, fresh] = [draftOf(lobby, ada), draftOf(lobby, ada)];
  await insert(sql, [known]);
  const bad = draftOf(lobby, ada, { rootSeq: 99 });
  expect(await insert(sql, [bad, fresh, known, fresh, fresh], [0, 0, 0, 1, 2])).toEqual([
    "root_unknown",
    "skipped",
    -1,
    2,
    -2,
  ]);
  expect(await streamsWithHoles(sql)).toEqual([]);
});

test("W1: the commit is durable whatever the session's default says, and nothing leaks into the session", async () => {
  const { ada, lobby } = await ground();
  const careless = openDatabase({
    url: database.url,
    max: 1,
    parameters: { synchronous_commit: "off", lock_timeout: "7s" },
  });
  const show = (tx: Database) => tx<{ commit: string; lock: string; seqscan: string }[]>`
    select current_setting('synchronous_commit') as commit, current_setting('lock_timeout') as lock,
           current_setting('enable_seqscan') as seqscan`;
  await careless.begin(async (tx) => {
    await insert(tx as unknown as Database, [draftOf(lobby, ada)]);
    const [inside] = await show(tx as unknown as Database);
    expect({ ...inside }).toEqual({ commit: "on", lock: "100ms", seqscan: "on" });
  });
  const [after] = await show(careless);
  await careless.end();
  expect({ ...after }).toEqual({ commit: "off", lock: "7s", seqscan: "on" });
});

test("a channel that somebody holds is waited for a moment, then it is 55P03 and nothing is stored", async () => {
  const { ada, lobby, engineRoom } = await ground();
  await sql.begin(async (holder) => {
    await holder`select 1 from channels where id = ${lobby} for update`;
    const since = performance.now();
    const refused = await insert(sql, [draftOf(engineRoom, ada), draftOf(lobby, ada)]).catch(
      ({ code }: { code: string }) => code,
    );
    expect(refused).toBe("55P03" as never);
    expect(performance.now() - since).toBeGreaterThan(90);
    // Whoever only refers to the channel, or writes the author's row, stands in nobody's way.
    await holder`select 1 from users where id = ${ada} for update`;
    expect(await insert(sql, [draftOf(engineRoom, ada)])).toEqual([1]);
  });
  expect(await insert(sql, [draftOf(lobby, ada)])).toEqual([1]);
});

test("M26: a channel that comes to be while others are being locked is never written without its lock", async () => {
  const { ada, lobby } = await ground();
  let drafts: Draft[] = [];
  let outcome: (number | string)[] | string = "55P03";
  // On a busy machine the lock may be waited for too long: then nothing was tried.
  while (outcome === "55P03") {
    let inserting: Promise<(number | string)[] | string> | undefined;
    await sql.begin(async (holder) => {
      await holder`select 1 from channels where id = ${lobby} for no key update`;
      const [row] = await sql<{ next: ChannelId }[]>`select last_value + 1 as next from stream_ids`;
      drafts = [draftOf(lobby, ada), draftOf(row!.next, ada)];
      inserting = insert(sql, drafts).catch(({ code }: { code: string }) => code);
      await waitsForLock();
      expect(await addChannel(sql, [ada])).toBe(row!.next);
    });
    outcome = await inserting!;
  }
  expect(outcome).toBe("40001");
  expect(await insert(sql, drafts)).toEqual([1, 1]);
});

/** Resolves when some other connection waits for a lock. */
async function waitsForLock(): Promise<void> {
  for (;;) {
    const rows = await sql`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    if (rows.length > 0) return;
  }
}

test("M26, W4: eight connections, twenty channels, repeated ids: each id once, heads without a hole, later calls numbered later", async () => {
  const authors = await addUsers(sql, ..."abcdefgh");
  const channels: ChannelId[] = [];
  for (let at = 0; at < 20; at++) channels.push(await addChannel(sql, authors));
  const known: Draft[] = [];
  const random = randomOf(20_261_121);
  const seqs = new Map<string, Set<number>>();
  const keyOf = ({ channelId, authorId, clientMessageId }: Draft): string =>
    `${channelId} ${authorId} ${clientMessageId}`;

  await Promise.all(
    authors.map(async (author) => {
      const own = openDatabase({ url: database.url, max: 1 });
      const greatest = new Map<ChannelId, number>();
      for (let round = 0; round < 25; round++) {
        const drafts = Array.from({ length: 1 + random(30) }, (): Draft => {
          const old = random(4) === 0 ? known[random(known.length)] : undefined;
          return old ?? draftOf(channels[random(20)]!, authors[random(8)]!);
        });
        drafts.push(...drafts.slice(0, random(4)), draftOf(channels[random(20)]!, author));
        known.push(...drafts);
        const { fates } = await retry(() => insertMessages(own, drafts, apart(drafts)));
        fates.forEach((fate, index) => {
          if ("refused" in fate) throw new Error(fate.refused);
          const { channelId } = drafts[index]!;
          // What one connection's call brought forth stands behind what its earlier calls did, in the order of the drafts.
          if (fate.born) expect(fate.seq).toBeGreaterThan(greatest.get(channelId) ?? 0);
          if (fate.born) greatest.set(channelId, fate.seq);
          const key = keyOf(drafts[index]!);
          seqs.set(key, (seqs.get(key) ?? new Set()).add(fate.seq));
        });
      }
      await own.end();
    }),
  );

  expect([...seqs.values()].every(({ size }) => size === 1)).toBe(true);
  const [row] = await sql<{ count: number }[]>`
    select count(*) from messages where channel_id = any (${channels}::bigint[])`;
  expect(row!.count).toBe(seqs.size);
  expect(await streamsWithHoles(sql)).toEqual([]);
});

/** On a busy machine a lock may be waited for longer than 100 ms: then nothing is stored. */
async function retry<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if ((error as { code?: string }).code !== "55P03") throw error;
    }
  }
}

/** Small numbers from a seed. */
function randomOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return below === 0 ? 0 : (state >>> 8) % below;
  };
}

test("S12: whatever people write is stored as they wrote it, and runs nowhere", async () => {
  const { ada, lobby } = await ground();
  const text = fc.oneof(
    fc.constantFrom(
      "'); drop table messages; --",
      '{"a",NULL,"\\"}',
      "NULL",
      "\\",
      '"',
      "${1}",
      "$1",
      "{}",
      "",
      " ",
      "é\n👩‍🚀",
    ),
    fc.string({ unit: "grapheme" }),
    fc.string({ unit: "binary" }).filter((each) => !each.includes("\0") && each.isWellFormed()),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(text, { minLength: 1, maxLength: 40 }), async (bodies) => {
      const drafts = bodies.map((body) => draftOf(lobby, ada, { body }));
      const seqs = await insert(sql, drafts);
      const rows = await sql<{ body: string }[]>`
        select body from messages where channel_id = ${lobby} and seq = any (${seqs as number[]}::bigint[]) order by seq`;
      expect(rows.map(({ body }) => body)).toEqual(bodies);
    }),
    { numRuns: 15 },
  );
});

test("B17: a draft of a session that has ended is refused; what was stored before keeps its place", async () => {
  const { ada, lobby } = await ground();
  const session = async () => {
    const sessionId = crypto.randomUUID();
    await sql`
      insert into sessions (id, user_id, token_hash, created_at, last_used_at, expires_at)
      values (${sessionId}, ${ada}, '', now(), now(), now())`;
    return sessionId;
  };
  const [ending, other] = [await session(), await session()];
  const before = draftOf(lobby, ada, { sessionId: ending });
  expect(await insert(sql, [before])).toEqual([1]);
  await sql`update sessions set ended_at = now(), end_reason = 'revoked' where id = ${ending}`;
  const drafts = [
    before,
    draftOf(lobby, ada, { sessionId: ending }),
    draftOf(lobby, ada, { sessionId: other }),
    draftOf(lobby, ada, { sessionId: crypto.randomUUID() }),
    draftOf(lobby, ada),
  ];
  expect(await insert(sql, drafts)).toEqual([-1, "token_invalid", 2, "token_invalid", 3]);
  expect(await streamsWithHoles(sql)).toEqual([]);
});

import { expect } from "bun:test";
import fc from "fast-check";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { pause } from "#lib/wait.ts";
import { AnsweringPool } from "../store/answering-pool.ts";
import { batchLimits, type Commit, MessageBatch } from "../store/batch.ts";
import { openDatabase } from "../store/database.ts";
import { type Draft, insertMessages } from "../store/insert-messages.ts";
import type { Fate } from "../store/lane.ts";
import { addChannel, addUsers, draftOf, streamsWithHoles } from "./channels.ts";
import type { TestDatabase } from "./database.ts";
import type { Proxy } from "./proxy.ts";

/** A batch on a real PostgreSQL behind a proxy, and everything that it told. */
export interface StormyBatch extends AsyncDisposable {
  readonly batch: MessageBatch;
  readonly commits: Commit[];
  readonly suspects: Set<ChannelId>;
}

export function batchThrough(
  { url }: TestDatabase,
  proxy: Proxy,
  parts: Partial<ConstructorParameters<typeof MessageBatch>[0]> = {},
): StormyBatch {
  const commits: Commit[] = [];
  const suspects = new Set<ChannelId>();
  const pool = new AnsweringPool(
    () =>
      openDatabase({
        url: proxy.through(url),
        max: batchLimits.lanes + batchLimits.lockedTries,
        name: "stormy batch",
      }),
    batchLimits.unknownMsMax / 2,
  );
  const inFlight = new Set<ChannelId>();
  const overlaps: ChannelId[] = [];
  const batch = new MessageBatch({
    insert: async (drafts, sends) => {
      const channels = new Set(drafts.map(({ channelId }) => channelId));
      overlaps.push(...channels.intersection(inFlight));
      for (const channelId of channels) inFlight.add(channelId);
      try {
        return await pool.ask((sql) => insertMessages(sql, drafts, sends));
      } finally {
        for (const channelId of channels) inFlight.delete(channelId);
      }
    },
    announce: (commit) => commits.push(commit),
    suspect: (channelId) => suspects.add(channelId),
    now: () => performance.now(),
    pause,
    ...parts,
  });
  return {
    batch,
    commits,
    suspects,
    [Symbol.asyncDispose]: async () => {
      await batch.drained();
      await pool.end();
      // Never two batches for one channel: else its order is left to luck.
      expect(overlaps).toEqual([]);
    },
  };
}

const troubles = ["none", "none", "kill", "reset", "cut", "lock"] as const;

/** One command, and what happens to the network and the database just after it was given. */
interface Step {
  readonly channel: number;
  readonly drafts: number;
  /** This draft holds what no text of PostgreSQL may. */
  readonly poisonedAt: number | null;
  readonly trouble: (typeof troubles)[number];
  readonly cutAfterBytes: number;
  /** Whether the next command waits for the next turn of the event loop. */
  readonly yields: boolean;
}

/** A schedule of commands and troubles. */
export function scheduleOf(steps: { min: number; max: number; draftsMax: number }) {
  return fc.array(
    fc.record<Step>({
      channel: fc.nat({ max: 11 }),
      drafts: fc.integer({ min: 1, max: steps.draftsMax }),
      poisonedAt: fc.option(fc.nat({ max: steps.draftsMax }), { freq: 6 }),
      trouble: fc.constantFrom(...troubles),
      cutAfterBytes: fc.nat({ max: 2_000 }),
      yields: fc.boolean(),
    }),
    { minLength: steps.min, maxLength: steps.max },
  );
}

/**
 * Sends as the schedule says, makes its troubles, waits for every fate, and then looks at what is stored:
 * every draft has one fate, each id is stored once, nothing that is stored was denied, what is stored of a channel stands in the order
 * of its arrival, each birth was announced once, in order, and no stream has a hole.
 */
export async function weatherStorm(
  database: TestDatabase,
  proxy: Proxy,
  steps: readonly Step[],
): Promise<{ drafts: number; stored: number; unavailable: number }> {
  const { sql } = database;
  const [author] = (await addUsers(sql, "Ada")) as [UserId];
  const channels: ChannelId[] = [];
  for (let at = 0; at < 12; at++) channels.push(await addChannel(sql, [author]));
  await using stormy = batchThrough(database, proxy);
  const sent: { drafts: Draft[]; fates: Promise<Fate[]> }[] = [];
  const making: Promise<unknown>[] = [];

  for (const step of steps) {
    const channelId = channels[step.channel]!;
    const drafts = Array.from({ length: step.drafts }, (_, at) =>
      draftOf(channelId, author, { body: at === step.poisonedAt ? "poisoned \0" : `draft ${at}` }),
    );
    sent.push({ drafts, fates: stormy.batch.add(drafts) });
    making.push(makeTrouble(database, proxy, step, channelId));
    if (step.yields) await pause(0);
  }
  await Promise.all(making);
  const fates = await Promise.all(sent.map((send) => send.fates));
  await stormy.batch.drained();
  return await judge(database, stormy, sent, fates);
}

async function makeTrouble(
  { sql }: TestDatabase,
  proxy: Proxy,
  step: Step,
  channelId: ChannelId,
): Promise<void> {
  switch (step.trouble) {
    case "kill":
      await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and application_name = 'stormy batch'`;
      break;
    case "reset":
      proxy.reset();
      break;
    case "cut":
      // It may never come about: nobody waits for it.
      void proxy.cutAfter(step.cutAfterBytes);
      break;
    case "lock":
      await sql.begin(async (holder) => {
        await holder`select 1 from channels where id = ${channelId} for no key update`;
        await holder`select pg_sleep(0.15)`;
      });
      break;
    case "none":
  }
}

async function judge(
  { sql }: TestDatabase,
  { commits, suspects }: StormyBatch,
  sent: readonly { drafts: readonly Draft[] }[],
  fates: readonly (readonly Fate[])[],
): Promise<{ drafts: number; stored: number; unavailable: number }> {
  const channels = [...new Set(sent.map(({ drafts }) => drafts[0]!.channelId))];
  const rows = await sql<{ channel: ChannelId; seq: number; id: string }[]>`
    select channel_id as channel, seq, client_message_id as id from messages where channel_id = any (${channels}::bigint[]) order by 1, 2`;
  const seqOf = new Map(rows.map(({ id, seq }) => [id, seq]));
  expect(seqOf.size).toBe(rows.length);
  const announced = new Map<string, number>();
  const heads = new Map<ChannelId, number>();
  for (const { channelId, headBefore, messages } of commits) {
    // After an outcome that nobody knows a stretch may be missing; nothing comes twice or out of order.
    const head = heads.get(channelId) ?? 0;
    expect(suspects.has(channelId) ? headBefore >= head : headBefore === head).toBe(true);
    messages.forEach(({ draft, stored }, at) => {
      expect(stored.seq).toBe(headBefore + 1 + at);
      announced.set(draft.clientMessageId, stored.seq);
    });
    heads.set(channelId, headBefore + messages.length);
  }

  const last = new Map<ChannelId, number>();
  let stored = 0;
  let unavailable = 0;
  sent.forEach(({ drafts }, index) => {
    expect(fates[index]).toHaveLength(drafts.length);
    drafts.forEach(({ channelId, clientMessageId, body }, at) => {
      const fate = fates[index]![at]!;
      const seq = seqOf.get(clientMessageId);
      if ("refused" in fate) {
        if (fate.refused === "unavailable") unavailable++;
        else expect(seq).toBeUndefined();
        if (fate.refused === "body_invalid") expect(body).toContain("\0");
        return;
      }
      stored++;
      expect(seq).toBe(fate.seq);
      expect(fate.seq).toBeGreaterThan(last.get(channelId) ?? 0);
      last.set(channelId, fate.seq);
      expect(announced.get(clientMessageId)).toBe((fate.born ? fate.seq : undefined) as number);
      if (!fate.born) expect(suspects.has(channelId)).toBe(true);
    });
  });
  expect(await streamsWithHoles(sql)).toEqual([]);
  return { drafts: sent.reduce((sum, { drafts }) => sum + drafts.length, 0), stored, unavailable };
}

import { expect } from "bun:test";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { readChannels, readStream, readUserStreams } from "../store/catch-up.ts";
import type { Database } from "../store/database.ts";
import { readDirectPeers } from "../store/direct-channel.ts";
import { readHeads } from "../store/head.ts";
import { readPage, readState } from "../store/history.ts";
import { insertMessages } from "../store/insert-messages.ts";
import { readMemberOf } from "../store/members.ts";
import { movePointers, readPointers } from "../store/pointer.ts";
import { readProfiles, readStatuses } from "../store/profile.ts";
import { readMemberships, readSummaries } from "../store/summary.ts";
import { addChannel, addUsers, draftOf, fillChannels } from "./channels.ts";
import type { TestDatabase } from "./database.ts";
import { readPlans } from "./plans.ts";

export interface Filled {
  readonly channels: readonly ChannelId[];
  readonly users: readonly UserId[];
  readonly messagesEach: number;
}

/** A database of some size: channels of 50 members, all of whom have a pointer and a membership row; one message in 20 was changed. */
export async function fillDatabase(
  { sql }: TestDatabase,
  size: { channels: number; messagesEach: number },
  { analyzes = true } = {},
): Promise<Filled> {
  const users = await addUsers(sql, ...Array.from({ length: 1_000 }, (_, at) => `User ${at}`));
  const members = users.slice(0, 50);
  const channels: ChannelId[] = [];
  for (let at = 0; at < size.channels; at++) channels.push(await addChannel(sql, members));
  await fillChannels(sql, channels, members, size.messagesEach);
  await sql`
    insert into changes (stream_id, kind, entity, seq)
    select m.channel_id, 1, m.seq, ${size.messagesEach} + row_number() over (partition by m.channel_id order by m.seq)
      from messages m where m.seq % 20 = 0
    union all
    select m.user_id, 4, m.channel_id, row_number() over (partition by m.user_id order by m.channel_id) from members m`;
  await sql`update channels set head = (select max(seq) from changes where stream_id = channels.id)`;
  await sql`update users set head = coalesce((select max(seq) from changes where stream_id = users.id), 0)`;
  // It tells the planner, and plans that are kept are made anew.
  if (analyzes) await sql`analyze`;
  return { channels, users, messagesEach: size.messagesEach };
}

type Statement = (sql: Database) => Promise<unknown>;

/** The statements of the hot paths. */
function statementsOf({ channels, users, messagesEach }: Filled): Record<string, Statement> {
  const me = users[0]!;
  const [channel] = channels as [ChannelId];
  const cursor = messagesEach - 20;
  const people = users.slice(0, 30);
  const all = channels.map((channelId) => ({ userId: me, channelId }));
  const several = people.flatMap((userId) =>
    channels.slice(0, 10).map((channelId) => ({ userId, channelId })),
  );
  const drafts = Array.from({ length: 50 }, (_, at) =>
    draftOf(channels[at % 10]!, users[at]!, { rootSeq: at % 5 ? null : 7 }),
  );
  return {
    "insert 50 drafts": (sql) =>
      insertMessages(
        sql,
        drafts.map((draft) => ({ ...draft, clientMessageId: Bun.randomUUIDv7() })),
        drafts.map((_, at) => at),
      ),
    "catch up one channel": (sql) =>
      readChannels(sql, [{ userId: me, channelId: channel, cursor }]),
    "catch up all channels": (sql) =>
      readChannels(
        sql,
        channels.map((channelId) => ({ userId: me, channelId, cursor })),
      ),
    "catch up several people": (sql) =>
      readChannels(
        sql,
        several.slice(0, 30).map((one) => ({ ...one, cursor })),
      ),
    "catch up a stream": (sql) => readStream(sql, channel, cursor),
    "catch up a user": (sql) => readUserStreams(sql, [{ userId: me, cursor: 0 }]),
    "catch up several users": (sql) =>
      readUserStreams(
        sql,
        people.map((userId) => ({ userId, cursor: 0 })),
      ),
    "newest page": (sql) => readPage(sql, me, channel, 0, 50),
    "older page": (sql) => readPage(sql, me, channel, messagesEach >> 1, 50),
    "state of a channel": (sql) => readState(sql, channel, 100),
    "all summaries": (sql) => readSummaries(sql, all),
    "summaries of several": (sql) => readSummaries(sql, several),
    "all memberships": (sql) => readMemberships(sql, [me]),
    "memberships of several": (sql) => readMemberships(sql, people),
    "who is in": (sql) => readMemberOf(sql, several),
    "direct peers": (sql) => readDirectPeers(sql, all),
    profiles: (sql) => readProfiles(sql, people),
    statuses: (sql) => readStatuses(sql, people),
    "pointers of a channel": (sql) => readPointers(sql, channel, me),
    "move 50 pointers": (sql) =>
      movePointers(
        sql,
        users.slice(0, 50).map((userId, at) => ({
          channelId: channels[at % channels.length]!,
          userId,
          readSeq: Math.ceil(Math.random() * messagesEach),
          deliveredSeq: null,
          readFrom: null,
        })),
      ),
    "all heads": (sql) => readHeads(sql, channels),
  };
}

/** No plan, custom or generic, reads a whole table that grows or joins other than by look-up. Returns the median milliseconds of each. */
export async function expectLookUps(
  { url }: TestDatabase,
  filled: Filled,
): Promise<Record<string, number>> {
  const medians: Record<string, number> = {};
  for (const mode of ["force_custom_plan", "force_generic_plan"]) {
    await using reader = await readPlans(url, { plan_cache_mode: mode });
    for (const [name, statement] of Object.entries(statementsOf(filled))) {
      const plans = await reader.plansOf(statement);
      expect(plans.length).toBeGreaterThan(0);
      const whole = plans.filter((plan) =>
        /Seq Scan on (messages|changes|members)|Hash (\w+ )?Join|Merge (\w+ )?Join|hashed SubPlan/.test(
          plan,
        ),
      );
      expect({ mode, name, whole }).toEqual({ mode, name, whole: [] });
    }
  }
  await using reader = await readPlans(url);
  await reader.sql`select set_config('auto_explain.log_min_duration', '-1', false)`;
  for (const [name, statement] of Object.entries(statementsOf(filled))) {
    const taken: number[] = [];
    for (let round = 0; round < 21; round++) {
      const since = performance.now();
      await statement(reader.sql);
      taken.push(performance.now() - since);
    }
    medians[name] = Math.round(taken.toSorted((one, other) => one - other)[10]! * 100) / 100;
  }
  return medians;
}

import type { Refusal } from "#wire/codes.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { beginChanging, moveHead, numberUsers, type Touched, writeChanges } from "./change.ts";
import type { Database } from "./database.ts";
import { demoLock, demoRowsMax } from "./demo.ts";
import { takeOut } from "./group.ts";
import { channelTouched, membershipChanges, membershipsGone } from "./group-rows.ts";
import { endSessionsOf } from "./session.ts";

/** What the example is in besides its people. */
export interface DemoChannels {
  /** They go: those that were loaded, and every direct channel with a person of the example. */
  readonly whole: readonly ChannelId[];
  /** Groups of others, which people of the example were brought into or made: only these people go. */
  readonly joined: readonly { readonly channelId: ChannelId; readonly user: UserId }[];
}

/** An example that nobody comes into any more. */
export interface ClosedDemo {
  readonly people: readonly UserId[];
  /** The channels that were loaded. */
  readonly loaded: readonly ChannelId[];
  /** The sessions that ended. */
  readonly ended: readonly string[];
}

/**
 * From the commit on nobody of the example comes in, is brought into anything, or can be written to anew. Their rows stay: what they said
 * elsewhere still has an author. What follows speaks of these people and channels alone: meanwhile another call may finish, and another
 * example be loaded.
 */
export async function closeDemoAccounts(sql: Database, at: Date): Promise<ClosedDemo> {
  return sql.begin(async (tx) => {
    await beginChanging(tx);
    await tx`select pg_advisory_xact_lock(${demoLock})`;
    const loaded = await tx<{ id: ChannelId }[]>`select channel_id as id from demo_channels`;
    const rows = await tx<{ id: UserId }[]>`
      select id from users where id in (select user_id from demo_people) order by id for no key update`;
    const people = rows.map(({ id }) => id);
    await tx`update users set active = false where id = any (${people}::bigint[])`;
    await tx`delete from one_time_codes where user_id = any (${people}::bigint[])`;
    const ended: string[] = [];
    for (const id of people) ended.push(...(await endSessionsOf(tx, id, "demo_removed", at)));
    return { people, loaded: loaded.map(({ id }) => id), ended };
  });
}

/** Where the people of a closed example are: there are not going to be more. Those that are gone already are among them. */
export async function readDemoChannels(
  sql: Database,
  { people, loaded }: ClosedDemo,
): Promise<DemoChannels> {
  const rows = await sql<{ channelId: ChannelId; user: UserId; isDirect: boolean }[]>`
    select c.id as "channelId", m.user_id as "user", c.kind = 'direct' as "isDirect"
      from members m join channels c on c.id = m.channel_id
     where m.user_id = any (${people as UserId[]}::bigint[]) order by c.id, m.user_id`;
  const isLoaded = new Set(loaded);
  const direct = rows.filter(({ isDirect }) => isDirect).map(({ channelId }) => channelId);
  return {
    whole: [...isLoaded.union(new Set(direct))],
    joined: rows.filter(({ channelId, isDirect }) => !isDirect && !isLoaded.has(channelId)),
  };
}

/** Deletes a channel for everybody in it, of whatever kind; touches nothing where it is gone. */
export async function deleteDemoChannel(sql: Database, channelId: ChannelId): Promise<Touched[]> {
  return sql.begin(async (tx): Promise<Touched[]> => {
    await beginChanging(tx);
    await tx`select from channels where id = ${channelId} for no key update`;
    const [channel] = await tx<{ textId: string; name: string | null; head: Seq }[]>`
      select text_id as "textId", name, head from channels where id = ${channelId} and deleted_at is null`;
    if (!channel) return [];

    await tx`update channels set deleted_at = now() where id = ${channelId}`;
    const seq = channel.head + 1;
    await moveHead(tx, channelId, seq);
    const members = await tx<{ id: UserId }[]>`
      select user_id as id from members where channel_id = ${channelId}`;
    const heads = await numberUsers(
      tx,
      members.map(({ id }) => id),
    );
    await writeChanges(tx, [
      { stream: channelId, kind: "settings", entity: 0, seq },
      ...membershipChanges(channelId, heads),
    ]);
    const gone = { kind: "settings", entity: 0, version: seq, body: null } as const;
    return [
      channelTouched({ id: channelId, ...channel }, [gone]),
      ...membershipsGone(channelId, heads),
    ];
  });
}

/** Takes a person of the example out of somebody else's group; touches nothing where they are out. */
export async function leaveAsDemo(
  sql: Database,
  channelId: ChannelId,
  user: UserId,
): Promise<Touched[]> {
  const left: { readonly touched: readonly Touched[] } | Refusal = await takeOut(
    sql,
    channelId,
    user,
  );
  return "refused" in left ? [] : [...left.touched];
}

/**
 * Blanks what was said in a deleted channel, at most `demoRowsMax` messages per transaction. The rows keep address, author and client
 * id, as with every deletion; nobody reads them, so nothing is announced.
 */
export async function blankMessages(sql: Database, channelId: ChannelId): Promise<void> {
  for (let count = demoRowsMax; count === demoRowsMax;) {
    ({ count } = await sql`
      update messages set body = '', deleted_at = now(), counts = false
       where channel_id = ${channelId} and seq in (
         select seq from messages where channel_id = ${channelId} and deleted_at is null order by seq limit ${demoRowsMax})`);
  }
}

/** The removal is finished: another example may be loaded. */
export async function forgetDemo(sql: Database, { people, loaded }: ClosedDemo): Promise<void> {
  await sql`
    with channels as (delete from demo_channels where channel_id = any (${loaded as ChannelId[]}::bigint[]))
    delete from demo_people where user_id = any (${people as UserId[]}::bigint[])`;
}

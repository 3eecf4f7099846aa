import type { ChannelId, UserId } from "#wire/ids.ts";
import type { Database } from "../store/database.ts";
import type { Draft } from "../store/insert-messages.ts";

/** Active people of these names. */
export async function addUsers(sql: Database, ...names: string[]): Promise<UserId[]> {
  const rows = await sql<{ id: UserId }[]>`
    insert into users (name) select name from unnest(${names}::text[]) as name returning id`;
  return rows.map(({ id }) => id);
}

/** A group channel with these members and nothing in its stream. */
export async function addChannel(
  sql: Database,
  members: readonly UserId[],
  kind = "group",
): Promise<ChannelId> {
  const [row] = await sql<{ id: ChannelId }[]>`
    insert into channels (text_id, kind) values (${crypto.randomUUID()}, ${kind}) returning id`;
  await addMembers(sql, row!.id, members);
  return row!.id;
}

/** Members without a change in any stream. */
export async function addMembers(
  sql: Database,
  channelId: ChannelId,
  members: readonly UserId[],
): Promise<void> {
  await sql`
    insert into members (channel_id, user_id) select ${channelId}, member from unnest(${members as UserId[]}::bigint[]) as member`;
}

/** Something that somebody wants to say, under an id of its own. */
export function draftOf(
  channelId: ChannelId,
  authorId: UserId,
  { body = "hello", ...rest }: Partial<Omit<Draft, "channelId" | "authorId">> = {},
): Draft {
  return {
    channelId,
    authorId,
    clientMessageId: Bun.randomUUIDv7(),
    body,
    rootSeq: null,
    sessionId: null,
    ...rest,
  };
}

/** Everything that is stored in a channel, by address. */
export async function storedIn(
  sql: Database,
  channelId: ChannelId,
): Promise<{ seq: number; author: UserId; id: string; body: string }[]> {
  const rows = await sql<{ seq: number; author: UserId; id: string; body: string }[]>`
    select seq, author_id as author, client_message_id as id, body from messages where channel_id = ${channelId} order by seq`;
  return rows.map((row) => ({ ...row }));
}

/** Streams whose numbers are not each taken exactly once from 1 to the head: there must be none. */
export async function streamsWithHoles(sql: Database): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    with numbers as (
      select channel_id as id, seq from messages union all select stream_id, seq from changes
    ), streams as (
      select id, head from channels union all select id, head from users
    )
    select s.id from streams s left join numbers n on n.id = s.id
     group by s.id, s.head
    having count(n.seq) <> s.head or count(distinct n.seq) <> s.head
        or coalesce(min(n.seq), 1) <> 1 or coalesce(max(n.seq), 0) <> s.head`;
  return rows.map(({ id }) => id);
}

/**
 * Streams whose newest number is not their head, or in which a number stands twice: there must be none, also where things changed more than
 * once and left their older numbers.
 */
export async function streamsOutOfStep(sql: Database): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    with numbers as (
      select channel_id as id, seq from messages union all select stream_id, seq from changes
    ), streams as (
      select id, head from channels union all select id, head from users
    )
    select s.id from streams s left join numbers n on n.id = s.id
     group by s.id, s.head
    having coalesce(max(n.seq), 0) <> s.head or count(distinct n.seq) <> count(n.seq)`;
  return rows.map(({ id }) => id);
}

/** Fills channels with messages as fast as PostgreSQL can, past every rule but the numbers: for plans at size. */
export async function fillChannels(
  sql: Database,
  channels: readonly ChannelId[],
  authors: readonly UserId[],
  messagesEach: number,
): Promise<void> {
  await sql`
    insert into messages (channel_id, seq, author_id, client_message_id, body)
    select c, n, (${authors as UserId[]}::bigint[])[1 + n % ${authors.length}], gen_random_uuid(), repeat('x', 40 + n % 100)
      from unnest(${channels as ChannelId[]}::bigint[]) as c, generate_series(1, ${messagesEach}::int) as n`;
  await sql`
    update channels set head = ${messagesEach}, last_message_seq = ${messagesEach} where id = any (${channels as ChannelId[]}::bigint[])`;
}

/** Opens all connections of a pool, so that what comes next really happens at once. */
export async function warm(sql: Database): Promise<void> {
  await Promise.all(Array.from({ length: sql.options.max }, () => sql`select pg_sleep(0.05)`));
}

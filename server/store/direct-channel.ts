import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import { rowKinds } from "#wire/row.ts";
import { directTextId } from "#wire/text-id.ts";
import type { Database } from "./database.ts";

export interface DirectChannel {
  readonly channelId: ChannelId;
  readonly textId: string;
  /** The interval of each stream that this call touched; none where the channel was there already. */
  readonly touched: readonly {
    readonly stream: StreamId;
    readonly from: Seq;
    readonly through: Seq;
  }[];
}

/**
 * Creates the direct channel of two people on demand (C1), or finds it; of any number at once exactly one creates it. Undefined where one of
 * them does not exist or is not active.
 *
 * The users are locked first, by id: the channel is new and nobody can hold it, while its foreign key would share-lock the creator out
 * of order, and two who meet like that deadlock.
 */
export async function createDirect(
  sql: Database,
  creator: UserId,
  peer: UserId,
): Promise<DirectChannel | undefined> {
  const textId = directTextId(creator, peer);
  const known = await findDirect(sql, textId);
  if (known !== undefined) return { channelId: known, textId, touched: [] };

  return sql.begin(async (tx): Promise<DirectChannel | undefined> => {
    await tx`select set_config('synchronous_commit', 'on', true)`;
    const people = [...new Set([creator, peer])].toSorted((one, other) => one - other);
    const active = await tx`
      select from users where id = any (${people}::bigint[]) and active order by id for no key update`;
    if (active.length < people.length) return undefined;

    const [created] = await tx<{ id: ChannelId }[]>`
      insert into channels (text_id, kind, created_by, head) values (${textId}, 'direct', ${creator}, ${people.length})
      on conflict (text_id_in_use) do nothing
      returning id`;
    if (!created) {
      // Whoever had the users before us was quicker.
      const [other] = await tx<{ id: ChannelId }[]>`
        select id from channels where text_id_in_use = ${textId}`;
      return { channelId: other!.id, textId, touched: [] };
    }
    const channelId = created.id;
    const heads = await tx<{ id: UserId; head: Seq }[]>`
      update users set head = head + 1 where id = any (${people}::bigint[]) returning id, head`;
    await tx`
      insert into members (channel_id, user_id, read_seq, delivered_seq, read_from)
      select ${channelId}, person, ${people.length}, ${people.length}, ${people.length}
        from unnest(${people}::bigint[]) as person`;
    await tx`
      insert into changes (stream_id, kind, entity, seq)
      select ${channelId}::bigint, ${rowKinds.member.number}::smallint, person, ord
        from unnest(${people}::bigint[]) with ordinality as p (person, ord)
      union all
      select id, ${rowKinds.membership.number}::smallint, ${channelId}::bigint, head from unnest(${heads.map((head) => head.id)}::bigint[], ${heads.map((head) => head.head)}::bigint[]) as h (id, head)`;
    return {
      channelId,
      textId,
      touched: [
        { stream: channelId, from: 0, through: people.length },
        ...heads
          .toSorted((one, other) => one.id - other.id)
          .map(({ id, head }) => ({ stream: id, from: head - 1, through: head })),
      ],
    };
  });
}

async function findDirect(sql: Database, textId: string): Promise<ChannelId | undefined> {
  const [row] = await sql<{ id: ChannelId }[]>`
    select id from channels where text_id_in_use = ${textId}`;
  return row?.id;
}

/** The other one of each of these direct channels of a user. */
export async function readDirectPeers(
  sql: Database,
  asked: readonly { readonly userId: UserId; readonly channelId: ChannelId }[],
): Promise<(UserId | undefined)[]> {
  const rows = await sql<{ at: number; user_id: UserId }[]>`
    select a.at, other.user_id
      from unnest(${asked.map((one) => one.userId)}::bigint[], ${asked.map((one) => one.channelId)}::bigint[])
           with ordinality as a (user_id, channel_id, at)
     cross join lateral (
       select o.user_id from members o where o.channel_id = a.channel_id and o.user_id <> a.user_id offset 0
     ) other`;
  const found = new Map(rows.map((row) => [row.at, row.user_id]));
  return asked.map((_, at) => found.get(at + 1));
}

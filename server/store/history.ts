import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { Row } from "#wire/row.ts";
import type { Database } from "./database.ts";
import { changeRow, type ChangeColumns, messageRow, type MessageColumns } from "./rows.ts";

/** Messages with an address in `[since, before)`, in order, as they are at the head `asOf`. */
export interface Page {
  readonly asOf: Seq;
  readonly since: Seq;
  readonly older: boolean;
  readonly rows: readonly Row[];
}

interface PageRow extends MessageColumns {
  head: Seq;
  seq: Seq | null;
  version: Seq;
}

/** The `limit` messages before an address; 0 is the end of the channel. Undefined where the user is no member. */
export async function readPage(
  sql: Database,
  userId: UserId,
  channelId: ChannelId,
  before: Seq,
  limit: number,
): Promise<Page | undefined> {
  const rows = await sql<PageRow[]>`
    select c.head, page.seq, coalesce(changed.seq, page.seq) as version, page.author_id, page.created_at, page.client_message_id,
           page.kind as message_kind, page.root_seq, page.edited_at, page.deleted_at, page.body
      from members mb
      join channels c on c.id = mb.channel_id and c.deleted_at is null
      left join lateral (
        select * from messages m
         where m.channel_id = c.id and m.seq < case when ${before}::bigint = 0 then 9007199254740992 else ${before}::bigint end
         order by m.seq desc limit ${limit + 1}
      ) page on true
      left join lateral (
        select x.seq from changes x where x.stream_id = c.id and x.kind = 1 and x.entity = page.seq limit 1
      ) changed on true
     where mb.channel_id = ${channelId} and mb.user_id = ${userId}
     order by page.seq desc`;
  const first = rows[0];
  if (!first) return undefined;

  const found = rows.filter((row): row is PageRow & { seq: Seq } => row.seq !== null);
  const older = found.length > limit;
  const kept = found.slice(0, limit).toReversed();
  return {
    asOf: first.head,
    // Nothing older: the page covers the channel from its beginning.
    since: older ? kept[0]!.seq : 0,
    older,
    rows: kept.map((row) => messageRow(row.seq, row.version, row)),
  };
}

/** The newest changes of a channel that are not messages: its settings and members. What a `reset` holds besides its newest page. */
export async function readState(
  sql: Database,
  channelId: ChannelId,
  rowsMax: number,
): Promise<Row[]> {
  const rows = await sql<(ChangeColumns & { position: Seq })[]>`
    select s.seq as position, s.kind, s.entity, s.kind <> 2 or mb.user_id is not null as there,
           mb.name as member_name, mb.role as member_role, mb.joined_at, c.kind as channel_kind, c.name as channel_name
      from changes s
      join channels c on c.id = s.stream_id
      left join lateral (
        select o.user_id, o.role, o.joined_at, (select u.name from users u where u.id = o.user_id) as name
          from members o where s.kind = 2 and o.channel_id = c.id and o.user_id = s.entity limit 1
      ) mb on true
     where s.stream_id = ${channelId} and s.kind in (2, 3)
     order by s.seq desc limit ${rowsMax}`;
  return rows.map((row) => changeRow(row.position, row)).filter((row) => row.body !== null);
}

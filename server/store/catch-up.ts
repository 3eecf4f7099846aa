import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { type Row, rowKinds } from "#wire/row.ts";
import type { Database } from "./database.ts";
import { type ChangeColumns, changeRow } from "./rows.ts";

/**
 * What happened in a stream after a cursor, as it is now: births at their address and changes at the change's `seq`, merged by that
 * position, in order. `through` is the head that the same statement read, or, when the page was cut, the position of its last row.
 */
export interface CaughtUp {
  readonly stream: StreamId;
  readonly from: Seq;
  readonly through: Seq;
  readonly head: Seq;
  /** More rows follow after `through`. */
  readonly cut: boolean;
  readonly rows: readonly Placed[];
}

interface Placed {
  readonly position: Seq;
  readonly row: Row;
}

/** What somebody holds of a channel. Without a user nobody is asked who they are. */
export interface HeldOfChannel {
  readonly userId: UserId | undefined;
  readonly channelId: ChannelId;
  readonly cursor: Seq;
}

interface CatchUpRow extends ChangeColumns {
  at: number;
  head: Seq;
  position: Seq | null;
}

// Whatever is looked up by its key comes by `lateral … limit 1` or `offset 0`, which the planner cannot turn into a join: estimating a thousand rows
// per stream it would hash or merge whole tables.

/**
 * Reads several channels after their cursors, in one statement on the primary. Undefined where the channel does not exist for this user: no member, or deleted.
 */
export async function readChannels(
  sql: Database,
  asked: readonly HeldOfChannel[],
  rowsMax: number = limits.catchUpRowsMax,
): Promise<(CaughtUp | undefined)[]> {
  const rows = await sql<CatchUpRow[]>`
    with asked as materialized (
      select a.at, a.channel_id as stream, a.cursor as from_seq, c.head, c.kind, c.name
        from unnest(
               ${asked.map((one) => one.userId ?? null)}::bigint[], ${asked.map((one) => one.channelId)}::bigint[], ${asked.map((one) => one.cursor)}::bigint[]
             ) with ordinality as a (user_id, channel_id, cursor, at)
       cross join lateral (
         select c.head, c.kind, c.name from channels c where c.id = a.channel_id and c.deleted_at is null limit 1
       ) c
       where a.user_id is null
          or (select true from members m where m.channel_id = a.channel_id and m.user_id = a.user_id limit 1)
    )
    select asked.at, asked.head, page.position, page.kind, page.entity,
           changed.seq as version,
           case page.kind when 1 then m.seq is not null when 2 then mb.user_id is not null else true end as there,
           m.author_id, m.created_at, m.client_message_id, m.kind as message_kind, m.root_seq, m.edited_at, m.deleted_at, m.body,
           mb.name as member_name, mb.role as member_role, mb.joined_at, asked.kind as channel_kind, asked.name as channel_name
      from asked
      left join lateral (
        (select b.seq as position, 1::smallint as kind, b.seq as entity
           from messages b where b.channel_id = asked.stream and b.seq > asked.from_seq order by b.seq limit ${rowsMax + 1})
        union all
        (select c.seq, c.kind, c.entity
           from changes c where c.stream_id = asked.stream and c.seq > asked.from_seq order by c.seq limit ${rowsMax + 1})
        order by position limit ${rowsMax + 1}
      ) page on true
      left join lateral (
        select c.seq from changes c where c.stream_id = asked.stream and c.kind = page.kind and c.entity = page.entity limit 1
      ) changed on true
      left join lateral (
        select m.* from messages m where page.kind = 1 and m.channel_id = asked.stream and m.seq = page.entity limit 1
      ) m on true
      left join lateral (
        select o.user_id, o.role, o.joined_at, (select u.name from users u where u.id = o.user_id) as name
          from members o where page.kind = 2 and o.channel_id = asked.stream and o.user_id = page.entity limit 1
      ) mb on true
     order by asked.at, page.position`;
  return collect(
    rows,
    asked.map(({ channelId: stream, cursor }) => ({ stream, cursor })),
    rowsMax,
  );
}

/** What somebody holds of the own stream. */
export interface HeldOfOwn {
  readonly userId: UserId;
  readonly cursor: Seq;
}

/** Reads the own streams of several users after their cursors, in one statement. Undefined where there is no such user. */
export async function readUserStreams(
  sql: Database,
  asked: readonly HeldOfOwn[],
  rowsMax: number = limits.catchUpRowsMax,
): Promise<(CaughtUp | undefined)[]> {
  const rows = await sql<CatchUpRow[]>`
    select a.at, u.head, page.position, page.kind, page.entity,
           page.kind = ${rowKinds.profile.number} or m.user_id is not null and c.id is not null as there,
           profile.*, pointer.*, membership.*, peer.id as peer_id, peer.name as peer_name
      from unnest(${asked.map((one) => one.userId)}::bigint[], ${asked.map((one) => one.cursor)}::bigint[])
           with ordinality as a (user_id, cursor, at)
     cross join lateral (select u.* from users u where u.id = a.user_id limit 1) u
      left join lateral (
        select s.seq as position, s.kind, s.entity
          from changes s where s.stream_id = u.id and s.seq > a.cursor order by s.seq limit ${rowsMax + 1}
      ) page on true
      left join lateral (
        select m.* from members m where m.user_id = u.id and m.channel_id = page.entity limit 1
      ) m on true
      left join lateral (
        select c.* from channels c where c.id = m.channel_id and c.deleted_at is null limit 1
      ) c on true
      left join lateral (
        select o.user_id as id, (select p.name from users p where p.id = o.user_id) as name
          from members o where c.kind = 'direct' and o.channel_id = c.id and o.user_id <> u.id offset 0
      ) peer on true
      -- A column that is null costs nobody anything.
      left join lateral (
        select u.status_text, u.status_until, u.shown_as, u.shows_typing, u.shows_receipts where page.kind = ${rowKinds.profile.number}
      ) profile on true
      left join lateral (
        select m.read_seq, m.delivered_seq, m.read_from where page.kind = ${rowKinds.pointer.number}
      ) pointer on true
      left join lateral (
        select m.role as member_role, m.joined_at, c.text_id, c.kind as channel_kind, c.name as channel_name
         where page.kind = ${rowKinds.membership.number}
      ) membership on true
     order by a.at, page.position`;
  return collect(
    rows,
    asked.map(({ userId: stream, cursor }) => ({ stream, cursor })),
    rowsMax,
  );
}

/** Reads any stream after a cursor, for the worker itself: whoever listens to it was let in before. Undefined where there is none. */
export async function readStream(
  sql: Database,
  stream: StreamId,
  cursor: Seq,
  rowsMax?: number,
): Promise<CaughtUp | undefined> {
  const channel = { userId: undefined, channelId: stream as ChannelId, cursor };
  const own = { userId: stream as UserId, cursor };
  return (
    (await readChannels(sql, [channel], rowsMax))[0] ??
    (await readUserStreams(sql, [own], rowsMax))[0]
  );
}

/** The pages that `rows` make up, each in the place of what was asked. */
function collect(
  rows: readonly CatchUpRow[],
  asked: readonly { readonly stream: StreamId; readonly cursor: Seq }[],
  rowsMax: number,
): (CaughtUp | undefined)[] {
  const pages = new Map<number, { head: Seq; rows: Placed[] }>();
  for (const row of rows) {
    const page = pages.get(row.at) ?? { head: row.head, rows: [] };
    pages.set(row.at, page);
    const { position } = row;
    if (position !== null) page.rows.push({ position, row: changeRow(position, row) });
  }
  return asked.map(({ stream, cursor }, at) => {
    const page = pages.get(at + 1);
    if (!page) return undefined;
    const { head, rows: found } = page;
    const cut = found.length > rowsMax;
    const kept = cut ? found.slice(0, rowsMax) : found;
    const through = cut ? kept[kept.length - 1]!.position : head;
    return { stream, from: cursor, through, head, cut, rows: kept };
  });
}

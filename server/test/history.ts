import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { Row } from "#wire/row.ts";
import { rowKinds } from "#wire/row.ts";
import type { CaughtUp } from "../store/catch-up.ts";
import type { Database } from "../store/database.ts";
import { insertMessages } from "../store/insert-messages.ts";
import { addMembers, draftOf } from "./channels.ts";

/** Says something in a channel; resolves with its address. */
export async function say(
  sql: Database,
  channelId: ChannelId,
  authorId: UserId,
  rest: { body?: string; rootSeq?: Seq } = {},
): Promise<Seq> {
  const { fates } = await insertMessages(sql, [draftOf(channelId, authorId, rest)], [0]);
  const fate = fates[0]!;
  if ("refused" in fate) throw new Error(fate.refused);
  return fate.seq;
}

/** A later change of something in a channel, as the commands of later versions will make it: one transaction, one number. */
export async function change(
  sql: Database,
  channelId: ChannelId,
  kind: keyof typeof rowKinds,
  entity: number,
  work: (sql: Database) => Promise<unknown> = async () => undefined,
): Promise<Seq> {
  return await sql.begin(async (tx): Promise<Seq> => {
    const [row] = await tx<{ head: Seq }[]>`
      update channels set head = head + 1 where id = ${channelId} returning head`;
    await work(tx as unknown as Database);
    await tx`
      insert into changes (stream_id, kind, entity, seq) values (${channelId}, ${rowKinds[kind].number}, ${entity}, ${row!.head})
      on conflict (stream_id, kind, entity) do update set seq = excluded.seq`;
    return row!.head;
  });
}

export const edit = (sql: Database, channelId: ChannelId, seq: Seq, body: string): Promise<Seq> =>
  change(
    sql,
    channelId,
    "message",
    seq,
    (tx) =>
      tx`update messages set body = ${body}, edited_at = now() where channel_id = ${channelId} and seq = ${seq}`,
  );

export const remove = (sql: Database, channelId: ChannelId, seq: Seq): Promise<Seq> =>
  change(
    sql,
    channelId,
    "message",
    seq,
    (tx) =>
      tx`update messages set body = '', deleted_at = now(), counts = false where channel_id = ${channelId} and seq = ${seq}`,
  );

export const join = (sql: Database, channelId: ChannelId, userId: UserId): Promise<Seq> =>
  change(sql, channelId, "member", userId, (tx) => addMembers(tx, channelId, [userId]));

export const leave = (sql: Database, channelId: ChannelId, userId: UserId): Promise<Seq> =>
  change(
    sql,
    channelId,
    "member",
    userId,
    (tx) => tx`delete from members where channel_id = ${channelId} and user_id = ${userId}`,
  );

/** What a client holds of a stream, by the one merge rule. */
export class Holder {
  cursor: Seq = 0;
  readonly #rows = new Map<string, Row>();

  apply({ from, through, rows }: CaughtUp): void {
    if (from > this.cursor) throw new Error("an interval beyond the cursor");
    for (const { row } of rows) {
      const key = `${row.kind} ${row.entity}`;
      if (row.version > (this.#rows.get(key)?.version ?? 0)) this.#rows.set(key, row);
    }
    this.cursor = Math.max(this.cursor, through);
  }

  /** What is there, without tombstones. */
  rows(): Row[] {
    return [...this.#rows.values()]
      .filter(({ body }) => body !== null)
      .toSorted((one, other) => one.kind.localeCompare(other.kind) || one.entity - other.entity);
  }
}

/** What a channel is now, read in the plainest way: messages and, where something of them changed, members and settings. */
export async function presentState(sql: Database, channelId: ChannelId): Promise<unknown[]> {
  const messages = await sql<{ entity: Seq; version: Seq; body: string; deleted: boolean }[]>`
    select seq as entity, body, deleted_at is not null as deleted,
           greatest(seq, (select max(seq) from changes c where c.stream_id = m.channel_id and c.kind = 1 and c.entity = m.seq)) as version
      from messages m where channel_id = ${channelId} order by seq`;
  const members = await sql<{ entity: UserId; version: Seq }[]>`
    select c.entity, c.seq as version from changes c
     where c.stream_id = ${channelId} and c.kind = 2
       and exists (select from members m where m.channel_id = ${channelId} and m.user_id = c.entity)
     order by 1`;
  const settings = await sql<{ entity: number; version: Seq }[]>`
    select entity, seq as version from changes where stream_id = ${channelId} and kind = 3`;
  return [
    ...members.map((row) => ({ kind: "member", ...row })),
    ...messages.map(({ entity, version, body, deleted }) => ({
      kind: "message",
      entity,
      version,
      body: { body, deleted },
    })),
    ...settings.map((row) => ({ kind: "settings", ...row })),
  ];
}

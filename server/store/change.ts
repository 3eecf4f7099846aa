import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import { type Row, type RowKind, rowKinds } from "#wire/row.ts";
import type { Transaction } from "./account.ts";

/** What a transaction brought into one stream: all of `(from, through]`, in order, to be announced once it is committed. */
export interface Touched {
  readonly stream: StreamId;
  readonly from: Seq;
  readonly through: Seq;
  readonly rows: readonly { readonly position: Seq; readonly row: Row }[];
}

/** One thing that changed in a stream, and the number that the change took. */
export interface Change {
  readonly stream: StreamId;
  readonly kind: RowKind;
  readonly entity: number;
  readonly seq: Seq;
}

const lockMsMax = 5_000;

/** What every transaction that changes streams begins with: its commit is durable, and it does not wait for ever. */
export async function beginChanging(tx: Transaction): Promise<void> {
  await tx`
    select set_config('synchronous_commit', 'on', true), set_config('lock_timeout', ${`${lockMsMax}ms`}, true)`;
}

/**
 * Locks these users, by id, and gives each stream its next numbers, of which this says the last; those who do not exist are left out. After the channels, before the
 * rest: see `sql/README.md`.
 */
export async function numberUsers(
  tx: Transaction,
  users: readonly UserId[],
  count = 1,
): Promise<Map<UserId, Seq>> {
  await tx`select from users where id = any (${users as UserId[]}::bigint[]) order by id for no key update`;
  const rows = await tx<{ id: UserId; head: Seq }[]>`
    update users set head = head + ${count} where id = any (${users as UserId[]}::bigint[]) returning id, head`;
  return new Map(rows.map(({ id, head }) => [id, head]));
}

/** Gives a channel, which the transaction holds, its next numbers. */
export async function moveHead(tx: Transaction, channelId: ChannelId, head: Seq): Promise<void> {
  await tx`update channels set head = ${head} where id = ${channelId}`;
}

/** Writes which number each change took: the one row of what changed before moves to it. */
export async function writeChanges(tx: Transaction, changes: readonly Change[]): Promise<void> {
  await tx`
    insert into changes (stream_id, kind, entity, seq)
    select * from unnest(
      ${changes.map(({ stream }) => stream)}::bigint[], ${changes.map(({ kind }) => rowKinds[kind].number)}::smallint[],
      ${changes.map(({ entity }) => entity)}::bigint[], ${changes.map(({ seq }) => seq)}::bigint[])
    on conflict (stream_id, kind, entity) do update set seq = excluded.seq`;
}

import type { ChannelId, UserId } from "#wire/ids.ts";
import type { Statements, Transaction } from "./account.ts";

/** What workers act upon without asking anybody: a session that ended, or somebody who is in a channel no more. */
export type Revocation = { readonly sessionId: string } | Removed;

export interface Removed {
  readonly userId: UserId;
  readonly channelId: ChannelId;
}

/** Numbers revocations. The counter's row is the last lock of a transaction: it is held by everybody in turn. */
export async function insertRevocations(
  sql: Transaction,
  revocations: readonly Revocation[],
): Promise<void> {
  if (revocations.length === 0) return;

  const sessions = revocations.map((each) => ("sessionId" in each ? each.sessionId : null));
  const users = revocations.map((each) => ("userId" in each ? each.userId : null));
  const channels = revocations.map((each) => ("channelId" in each ? each.channelId : null));
  await sql`
    with head as (update revocation_head set seq = seq + ${revocations.length} returning seq)
    insert into revocations (seq, session_id, user_id, channel_id)
    select head.seq - ${revocations.length} + each.place, each.session_id, each.user_id, each.channel_id
    from head, unnest(${sessions}::uuid[], ${users}::bigint[], ${channels}::bigint[])
         with ordinality as each (session_id, user_id, channel_id, place)`;
}

/** The number of the newest end; sessions that end later have greater ones. */
export async function readRevocationHead(sql: Statements): Promise<number> {
  const [row] = await sql<{ seq: number }[]>`select seq from revocation_head`;
  return row!.seq;
}

/** What was revoked after this number, in order, at most 1,000. */
export async function readRevocations(
  sql: Statements,
  after: number,
): Promise<{ seq: number; revocation: Revocation }[]> {
  const rows = await sql<({ seq: number; sessionId: string | null } & Removed)[]>`
    select seq, session_id as "sessionId", user_id as "userId", channel_id as "channelId" from revocations
    where seq > ${after} order by seq limit 1000`;
  return rows.map(({ seq, sessionId, ...removed }) => ({
    seq,
    revocation: sessionId === null ? removed : { sessionId },
  }));
}

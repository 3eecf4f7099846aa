import type { UserId } from "#wire/ids.ts";
import type { Account, Statements, Transaction } from "./account.ts";
import { insertRevocations } from "./revocation.ts";

export type EndReason =
  "signed_out" | "token_reused" | "password_reset" | "deactivated" | "demo_removed";

/** More devices than anybody has; a list of thousands would be a fault elsewhere. */
const sessionsListedMax = 200;

/** A session that is about to begin. */
export interface NewSession {
  readonly id: string;
  readonly tokenHash: Buffer;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** How far a session's chain of refresh tokens has come; only hashes of tokens are kept. */
export interface SessionChain {
  readonly tokenHash: Buffer;
  readonly spentHash: Buffer | null;
  readonly spentAt: Date | null;
  readonly tokenUsed: boolean;
  readonly spentCameLate: boolean;
  readonly lateInARow: number;
}

/** A session that still is one, with whose it is. */
export interface OpenSession extends SessionChain {
  readonly expiresAt: Date;
  readonly active: boolean;
  readonly account: Account;
}

/** Begins a session. */
export async function insertSession(
  sql: Statements,
  userId: UserId,
  { id, tokenHash, createdAt, expiresAt }: NewSession,
): Promise<void> {
  await sql`
    insert into sessions (id, user_id, token_hash, created_at, last_used_at, expires_at)
    values (${id}, ${userId}, ${tokenHash}, ${createdAt}, ${createdAt}, ${expiresAt})`;
}

/** Finds a session that was not ended, and keeps it locked to the end of the transaction: tabs take turns. */
export async function lockSession(sql: Statements, id: string): Promise<OpenSession | undefined> {
  const [row] = await sql<(SessionChain & Account & { expiresAt: Date; active: boolean })[]>`
    select sessions.token_hash as "tokenHash", sessions.spent_hash as "spentHash", sessions.spent_at as "spentAt",
           sessions.token_used as "tokenUsed", sessions.spent_came_late as "spentCameLate",
           sessions.late_in_a_row as "lateInARow", sessions.expires_at as "expiresAt",
           users.id, users.name, users.email, users.role, users.active
    from sessions join users on users.id = sessions.user_id
    where sessions.id = ${id} and sessions.ended_at is null
    for update of sessions`;
  if (!row) return undefined;

  const { expiresAt, active, name, email, role, ...chain } = row;
  return { ...chain, expiresAt, active, account: { id: row.id, name, email, role } };
}

/** Stores where the chain stands now, and that the session was used. */
export async function writeChain(
  sql: Statements,
  id: string,
  chain: SessionChain,
  { usedAt, expiresAt }: { usedAt: Date; expiresAt: Date },
): Promise<void> {
  await sql`
    update sessions set
      token_hash = ${chain.tokenHash}, spent_hash = ${chain.spentHash}, spent_at = ${chain.spentAt},
      token_used = ${chain.tokenUsed}, spent_came_late = ${chain.spentCameLate},
      late_in_a_row = ${chain.lateInARow}, last_used_at = ${usedAt}, expires_at = ${expiresAt}
    where id = ${id}`;
}

/** Ends a session for good; says whether it was open until now. */
export async function endSession(
  sql: Transaction,
  id: string,
  reason: EndReason,
  endedAt: Date,
): Promise<boolean> {
  const rows = await sql<{ id: string }[]>`
    update sessions set ended_at = ${endedAt}, end_reason = ${reason}
    where id = ${id} and ended_at is null returning id`;
  await endRevocations(
    sql,
    rows.map((row) => row.id),
  );
  return rows.length > 0;
}

/** Ends every session of a person, and says which were open. */
export async function endSessionsOf(
  sql: Transaction,
  userId: UserId,
  reason: EndReason,
  endedAt: Date,
): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    update sessions set ended_at = ${endedAt}, end_reason = ${reason}
    where user_id = ${userId} and ended_at is null returning id`;
  const ids = rows.map(({ id }) => id);
  await endRevocations(sql, ids);
  return ids;
}

async function endRevocations(sql: Transaction, ids: readonly string[]): Promise<void> {
  await insertRevocations(
    sql,
    ids.map((sessionId) => ({ sessionId })),
  );
}

/** A session as its owner sees it. */
export interface ListedSession {
  readonly id: string;
  readonly createdAt: Date;
  readonly lastUsedAt: Date;
  /** What the browser calls itself, and the address that it last came from; empty where nobody said. */
  readonly agent: string;
  readonly address: string;
}

/** The sessions of a person that have neither ended nor run out, the latest used first. */
export async function readSessions(
  sql: Statements,
  userId: UserId,
  now: Date,
): Promise<ListedSession[]> {
  return await sql<ListedSession[]>`
    select id, created_at as "createdAt", last_used_at as "lastUsedAt", agent, address
      from sessions
     where user_id = ${userId} and ended_at is null and (host or expires_at > ${now})
     order by last_used_at desc, id limit ${sessionsListedMax}`;
}

/** Where a session is used. */
export async function writeDevice(
  sql: Statements,
  id: string,
  { agent, address }: { readonly agent: string; readonly address: string },
): Promise<void> {
  await sql`
    update sessions set agent = ${agent}, address = ${address}
     where id = ${id} and (agent, address) is distinct from (${agent}, ${address})`;
}

/** Ends sessions of a person by their own will: the one that is named, or all but the one that is kept. Says which were open. */
export async function revokeSessions(
  sql: Transaction,
  userId: UserId,
  which: { readonly id: string } | { readonly allBut: string },
  endedAt: Date,
): Promise<string[]> {
  const only = "id" in which ? which.id : null;
  const kept = "id" in which ? null : which.allBut;
  const rows = await sql<{ id: string }[]>`
    update sessions set ended_at = ${endedAt}, end_reason = 'revoked'
    where user_id = ${userId} and ended_at is null
      and (${only}::uuid is null or id = ${only}) and (${kept}::uuid is null or id <> ${kept})
    returning id`;
  const ids = rows.map(({ id }) => id);
  await endRevocations(sql, ids);
  return ids;
}

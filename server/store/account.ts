import type postgres from "postgres";
import type { UserId } from "#wire/ids.ts";
import type { Database } from "./database.ts";
import { endSessionsOf, insertSession, type NewSession } from "./session.ts";

/** What runs a statement: a pool, or one transaction of it. */
export type Statements = postgres.ISql<{ bigint: number }>;

/** A statement that must be one with others: it is asked for by type where half would be a fault. */
export type Transaction = postgres.TransactionSql<{ bigint: number }>;

export type Role = "owner" | "admin" | "member" | "guest";

/** What a person is told about the own account. */
export interface Account {
  readonly id: UserId;
  readonly name: string;
  /** Null for people whom a host application brings. */
  readonly email: string | null;
  readonly role: Role;
}

export interface NewAccount {
  readonly name: string;
  /** Lower-cased. */
  readonly email: string;
  readonly passwordHash: string;
}

/** An account whose password may be compared. */
export interface Credentials extends Account {
  readonly active: boolean;
  readonly passwordHash: string | null;
}

/** Whether somebody owns this Parley: the set-up is over. */
export async function hasOwner(sql: Statements): Promise<boolean> {
  const [row] = await sql<{ found: boolean }[]>`
    select exists (select from users where role = 'owner') as found`;
  return row!.found;
}

/**
 * Makes an account with its first session; undefined when somebody has this address already, and then nothing is
 * changed. Belongs inside the transaction that also spends what allowed it.
 */
export async function insertAccount(
  sql: Transaction,
  { name, email, passwordHash }: NewAccount,
  role: Role,
  session: NewSession,
): Promise<Account | undefined> {
  const [account] = await sql<Account[]>`
    insert into users (name, email, role, password_hash)
    values (${name}, ${email}, ${role}, ${passwordHash})
    on conflict (lower(email)) do nothing
    returning id, name, email, role`;
  if (account) await insertSession(sql, account.id, session);
  return account;
}

/** Finds the account of a lower-cased address, active or not. */
export async function findCredentials(
  sql: Statements,
  email: string,
): Promise<Credentials | undefined> {
  const [row] = await sql<Credentials[]>`
    select id, name, email, role, active, password_hash as "passwordHash"
    from users where lower(email) = ${email}`;
  return row;
}

/**
 * The user that each of these access tokens speaks for, or undefined: S1, the user must exist and be active, and the session
 * be theirs and not be ended. A token alone proves only what was true when it was signed.
 */
export async function readActiveUsers(
  sql: Statements,
  asked: readonly { readonly userId: UserId; readonly sessionId: string }[],
): Promise<(Account | undefined)[]> {
  const rows = await sql<(Account & { sessionId: string })[]>`
    select users.id, users.name, users.email, users.role, sessions.id as "sessionId"
      from sessions join users on users.id = sessions.user_id
     where sessions.id = any (${asked.map((one) => one.sessionId)}::uuid[]) and sessions.ended_at is null and users.active`;
  const found = new Map(rows.map(({ sessionId, ...account }) => [sessionId, account]));
  return asked.map(({ userId, sessionId }) => {
    const account = found.get(sessionId);
    return account?.id === userId ? account : undefined;
  });
}

/** Whether there is such a user who may come in; says nothing about any session. */
export async function readIsActive(sql: Statements, userId: UserId): Promise<boolean> {
  const [user] = await sql`select from users where id = ${userId} and active`;
  return user !== undefined;
}

/** Gives the account a password; answers with it as it is afterwards, or undefined when it is not active. */
export async function writePassword(
  sql: Statements,
  userId: UserId,
  passwordHash: string,
): Promise<Account | undefined> {
  const [account] = await sql<Account[]>`
    update users set password_hash = ${passwordHash} where id = ${userId} and active
    returning id, name, email, role`;
  return account;
}

/** Shuts a person out, with every session, or lets them in again; false where nobody has this address, or `#` and number. */
export async function writeActive(
  sql: Database,
  email: string,
  active: boolean,
  at: Date,
): Promise<boolean> {
  return await sql.begin(async (transaction) => {
    const [user] = await transaction<{ id: UserId }[]>`
      update users set active = ${active} where lower(email) = ${email} or '#' || id = ${email} returning id`;
    if (user && !active) await endSessionsOf(transaction, user.id, "deactivated", at);
    return user !== undefined;
  });
}

export interface ListedAccount extends Account {
  readonly active: boolean;
  readonly createdAt: Date;
}

/** Every account, oldest first. For the terminal of who runs the server. */
export async function readAccounts(sql: Database): Promise<ListedAccount[]> {
  return await sql<ListedAccount[]>`
    select id, name, email, role, active, created_at as "createdAt" from users order by id`;
}

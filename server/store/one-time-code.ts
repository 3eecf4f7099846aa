import type { UserId } from "#wire/ids.ts";
import { hasOwner, insertAccount, writePassword } from "./account.ts";
import type { Account, NewAccount, Statements } from "./account.ts";
import type { Database } from "./database.ts";
import { endSessionsOf, insertSession, type NewSession } from "./session.ts";

// "setp" in ASCII. Whoever makes the code of the set-up or uses it stands in one queue: a code made beside an unfinished
// set-up would otherwise make a second owner.
const setupLock = 0x73657470;

/** Replaces the code of the set-up; says no, and changes nothing, once there is an owner. */
export async function replaceSetupCode(
  sql: Database,
  hash: Buffer,
  createdAt: Date,
): Promise<boolean> {
  return await sql.begin(async (transaction) => {
    await transaction`select pg_advisory_xact_lock(${setupLock})`;
    if (await hasOwner(transaction)) return false;

    await transaction`delete from one_time_codes where purpose = 'setup'`;
    await transaction`
      insert into one_time_codes (hash, purpose, created_at) values (${hash}, 'setup', ${createdAt})`;
    return true;
  });
}

/** Whether this is the code of the set-up, before anything expensive is done for it. */
export async function isSetupCode(sql: Statements, hash: Buffer): Promise<boolean> {
  const rows = await sql`
    select from one_time_codes where purpose = 'setup' and hash = ${hash}`;
  return rows.length > 0;
}

/** Spends the code and makes the owner, both or neither; of two at once exactly one. */
export async function insertOwner(
  sql: Database,
  codeHash: Buffer,
  account: NewAccount,
  session: NewSession,
): Promise<Account | "already_set_up" | "link_invalid" | "email_taken"> {
  return await sql.begin(async (transaction) => {
    await transaction`select pg_advisory_xact_lock(${setupLock})`;
    if (await hasOwner(transaction)) return "already_set_up";
    if (!(await isSetupCode(transaction, codeHash))) return "link_invalid";

    const owner = await insertAccount(transaction, account, "owner", session);
    if (!owner) return "email_taken";
    await transaction`delete from one_time_codes where purpose = 'setup'`;
    return owner;
  });
}

/** Gives an active person a code for a new password, in place of an older one; undefined for any other address. */
export async function replaceResetCode(
  sql: Database,
  email: string,
  { hash, createdAt, expiresAt }: { hash: Buffer; createdAt: Date; expiresAt: Date },
): Promise<UserId | undefined> {
  return await sql.begin(async (transaction) => {
    const [user] = await transaction<{ id: UserId }[]>`
      select id from users where lower(email) = ${email} and active for no key update`;
    if (!user) return undefined;

    await transaction`delete from one_time_codes where user_id = ${user.id}`;
    await transaction`
      insert into one_time_codes (hash, purpose, user_id, created_at, expires_at)
      values (${hash}, 'reset', ${user.id}, ${createdAt}, ${expiresAt})`;
    return user.id;
  });
}

/** Whether a code for a new password is good at this time. */
export async function isResetCode(sql: Statements, hash: Buffer, at: Date): Promise<boolean> {
  const rows = await sql`
    select from one_time_codes where purpose = 'reset' and hash = ${hash} and expires_at > ${at}`;
  return rows.length > 0;
}

/** Spends the code: the person has the new password and one session, and every older session is ended. */
export async function resetPassword(
  sql: Database,
  codeHash: Buffer,
  passwordHash: string,
  session: NewSession,
): Promise<{ account: Account; ended: string[] } | "link_invalid"> {
  return await sql.begin(async (transaction) => {
    // The person before the code, as in `replaceResetCode`: the other order could deadlock with it.
    const [user] = await transaction<{ id: UserId }[]>`
      select id from users
      where id = (select user_id from one_time_codes where purpose = 'reset' and hash = ${codeHash})
      for no key update`;
    const spent = await transaction`
      delete from one_time_codes
      where purpose = 'reset' and hash = ${codeHash} and expires_at > ${session.createdAt}
      returning user_id`;
    if (!user || spent.length === 0) return "link_invalid";

    const account = await writePassword(transaction, user.id, passwordHash);
    if (!account) return "link_invalid";
    const ended = await endSessionsOf(transaction, account.id, "password_reset", session.createdAt);
    await insertSession(transaction, account.id, session);
    return { account, ended };
  });
}

import type { UserId } from "#wire/ids.ts";
import { insertAccount, type Account, type NewAccount, type Statements } from "./account.ts";
import type { Database } from "./database.ts";
import type { NewSession } from "./session.ts";

export interface Invitation {
  readonly id: number;
  readonly usesMax: number;
  readonly uses: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  /** The name of who invites. */
  readonly createdBy: string;
}

export interface NewInvitation {
  readonly codeHash: Buffer;
  readonly createdBy: UserId;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly usesMax: number;
}

const listedMax = 100;

/** Stores an invitation. */
export async function insertInvitation(
  sql: Statements,
  { codeHash, createdBy, createdAt, expiresAt, usesMax }: NewInvitation,
): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into invitations (code_hash, created_by, created_at, expires_at, uses_max)
    values (${codeHash}, ${createdBy}, ${createdAt}, ${expiresAt}, ${usesMax})
    returning id`;
  return row!.id;
}

/** The invitations that can still be accepted, newest first, at most 100. */
export async function readOpenInvitations(sql: Statements, at: Date): Promise<Invitation[]> {
  return await sql<Invitation[]>`
    select invitations.id, uses_max as "usesMax", uses, invitations.created_at as "createdAt",
           expires_at as "expiresAt", users.name as "createdBy"
    from invitations join users on users.id = invitations.created_by
    where revoked_at is null and expires_at > ${at} and uses < uses_max and users.active
    order by invitations.id desc limit ${listedMax}`;
}

/** Takes an invitation back; says whether there was one to take back. */
export async function revokeInvitation(sql: Statements, id: number, at: Date): Promise<boolean> {
  const rows = await sql`
    update invitations set revoked_at = ${at} where id = ${id} and revoked_at is null returning id`;
  return rows.length > 0;
}

/** Who invites with this code, if it can be accepted at this time. */
export async function findInviter(
  sql: Statements,
  codeHash: Buffer,
  at: Date,
): Promise<string | undefined> {
  const [row] = await sql<{ name: string }[]>`
    select users.name from invitations join users on users.id = invitations.created_by
    where code_hash = ${codeHash} and revoked_at is null and expires_at > ${at} and uses < uses_max
      and users.active`;
  return row?.name;
}

/**
 * Counts one use and makes the account, both or neither. The invitation's row is locked first, so that many at once
 * never come in beyond `usesMax`.
 */
export async function acceptInvitation(
  sql: Database,
  codeHash: Buffer,
  account: NewAccount,
  session: NewSession,
): Promise<Account | "link_invalid" | "email_taken"> {
  return await sql.begin(async (transaction) => {
    const [invitation] = await transaction<{ id: number }[]>`
      select id from invitations
      where code_hash = ${codeHash} and revoked_at is null and expires_at > ${session.createdAt}
        and uses < uses_max and exists (select from users where users.id = created_by and active)
      for update`;
    if (!invitation) return "link_invalid";

    const member = await insertAccount(transaction, account, "member", session);
    if (!member) return "email_taken";
    await transaction`update invitations set uses = uses + 1 where id = ${invitation.id}`;
    return member;
  });
}

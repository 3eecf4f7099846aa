import type { UserId } from "#wire/ids.ts";
import type { Database } from "../store/database.ts";
import { acceptInvitation, findInviter, insertInvitation } from "../store/invitation.ts";
import { hashCode, linkTo, makeCode } from "./code.ts";
import { busy, type AccountForm, type Entered } from "./enter.ts";
import type { Passwords } from "./password.ts";
import { newSession } from "./refresh-token.ts";
import type { AuthRefusal } from "./refusal.ts";

const hourMs = 60 * 60 * 1000;

/** An invitation as it is told once, to who made it: only now is its link known. */
export interface MadeInvitation {
  readonly id: number;
  readonly link: string;
  readonly usesMax: number;
  readonly uses: number;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** Makes a link by which up to `usesMax` people can make themselves an account. */
export async function invite(
  { sql, now }: { sql: Database; now: () => number },
  createdBy: UserId,
  {
    usesMax,
    expiresInHours,
    publicUrl,
  }: { usesMax: number; expiresInHours: number; publicUrl: string },
): Promise<MadeInvitation> {
  const { code, hash } = makeCode();
  const createdAt = new Date(now());
  const expiresAt = new Date(createdAt.getTime() + expiresInHours * hourMs);
  const id = await insertInvitation(sql, {
    codeHash: hash,
    createdBy,
    createdAt,
    expiresAt,
    usesMax,
  });
  return { id, link: linkTo("invite", code, publicUrl), usesMax, uses: 0, createdAt, expiresAt };
}

/** Who invites with this code, as long as it can be accepted. */
export async function lookAtInvitation(
  { sql, now }: { sql: Database; now: () => number },
  code: string,
): Promise<{ invitedBy: string } | AuthRefusal> {
  const invitedBy = await findInviter(sql, hashCode(code), new Date(now()));
  return invitedBy === undefined ? { refused: "link_invalid" } : { invitedBy };
}

/** Makes a member, for whoever holds the code; never more people than the invitation allows. */
export async function join(
  { sql, passwords, now }: { sql: Database; passwords: Passwords; now: () => number },
  { code, name, email, password }: AccountForm & { code: string },
): Promise<Entered | AuthRefusal> {
  const inviter = await findInviter(sql, hashCode(code), new Date(now()));
  if (inviter === undefined) return { refused: "link_invalid" };

  const passwordHash = await passwords.hash(password);
  if (passwordHash === undefined) return busy;

  const { token, session } = newSession(now());
  const member = await acceptInvitation(
    sql,
    hashCode(code),
    { name, email, passwordHash },
    session,
  );
  if (typeof member === "string") return { refused: member };
  return { account: member, sessionId: session.id, refreshToken: token };
}

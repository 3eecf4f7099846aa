import type { UserId } from "#wire/ids.ts";
import { hashCode, linkTo, makeCode } from "../auth/code.ts";
import type { Entered } from "../auth/enter.ts";
import { newSession } from "../auth/refresh-token.ts";
import type { AuthRefusal } from "../auth/refusal.ts";
import type { Database } from "../store/database.ts";
import { replaceEnterCode, spendEnterCode } from "../store/enter-code.ts";

const linkMs = 60 * 60 * 1000; // It is opened in the next window, or made anew.

/** What making and using a link needs. */
interface LinkParts {
  readonly sql: Database;
  readonly now: () => number;
}

/** A link that lets one in as a person of the example, once, in place of an older one; undefined for everybody else. */
export async function makeSignInLink(
  { sql, now }: LinkParts,
  user: UserId,
  publicUrl: string,
): Promise<{ link: string; expiresAt: Date } | undefined> {
  const { code, hash } = makeCode();
  const createdAt = new Date(now());
  const expiresAt = new Date(createdAt.getTime() + linkMs);
  const replaced = await replaceEnterCode(sql, user, { hash, createdAt, expiresAt });
  return replaced ? { link: linkTo("enter", code, publicUrl), expiresAt } : undefined;
}

/** Lets in whoever holds the code, as the person that it is of. */
export async function enterByLink(
  { sql, now }: LinkParts,
  code: string,
): Promise<Entered | AuthRefusal> {
  const { token, session } = newSession(now());
  const account = await spendEnterCode(sql, hashCode(code), session);
  if (account === "link_invalid") return { refused: account };
  return { account, sessionId: session.id, refreshToken: token };
}

import type { Database } from "../store/database.ts";
import { isResetCode, replaceResetCode, resetPassword } from "../store/one-time-code.ts";
import { hashCode, linkTo, makeCode } from "./code.ts";
import { busy, type Entered } from "./enter.ts";
import type { Passwords } from "./password.ts";
import { newSession } from "./refresh-token.ts";
import type { AuthRefusal } from "./refusal.ts";

/** Long enough to hand it over by telephone, short enough to be forgotten in a scroll of a terminal. */
export const resetHours = 24;

/** A link for a new password, once, in place of an older one; undefined unless an active person has this address. */
export async function resetLink(
  { sql, now }: { sql: Database; now: () => number },
  email: string,
  publicUrl: string,
): Promise<string | undefined> {
  const { code, hash } = makeCode();
  const createdAt = new Date(now());
  const expiresAt = new Date(createdAt.getTime() + resetHours * 60 * 60 * 1000);
  const userId = await replaceResetCode(sql, email, { hash, createdAt, expiresAt });
  return userId === undefined ? undefined : linkTo("reset", code, publicUrl);
}

/** Sets the password for whoever holds the code, and lets them in; `ended` are the sessions that this ended. */
export async function reset(
  { sql, passwords, now }: { sql: Database; passwords: Passwords; now: () => number },
  { code, password }: { code: string; password: string },
): Promise<(Entered & { ended: string[] }) | AuthRefusal> {
  if (!(await isResetCode(sql, hashCode(code), new Date(now()))))
    return { refused: "link_invalid" };

  const passwordHash = await passwords.hash(password);
  if (passwordHash === undefined) return busy;

  const { token, session } = newSession(now());
  const done = await resetPassword(sql, hashCode(code), passwordHash, session);
  if (done === "link_invalid") return { refused: done };
  return { ...done, sessionId: session.id, refreshToken: token };
}

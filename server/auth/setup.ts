import type { Database } from "../store/database.ts";
import { hasOwner } from "../store/account.ts";
import { insertOwner, isSetupCode, replaceSetupCode } from "../store/one-time-code.ts";
import { hashCode, linkTo, makeCode } from "./code.ts";
import { busy, type AccountForm, type Entered } from "./enter.ts";
import type { Passwords } from "./password.ts";
import { newSession } from "./refresh-token.ts";
import type { AuthRefusal } from "./refusal.ts";

/**
 * A new link for becoming the owner; every older one is worthless from now on. Undefined once there is an owner. The
 * database keeps only a hash: a link that is lost is replaced by the next start.
 */
export async function setupLink(sql: Database, publicUrl: string): Promise<string | undefined> {
  const { code, hash } = makeCode();
  const replaced = await replaceSetupCode(sql, hash, new Date());
  return replaced ? linkTo("setup", code, publicUrl) : undefined;
}

/** Makes the owner, for whoever holds the code; of two at once exactly one. */
export async function setUp(
  { sql, passwords, now }: { sql: Database; passwords: Passwords; now: () => number },
  { code, name, email, password }: AccountForm & { code: string },
): Promise<Entered | AuthRefusal> {
  if (!(await isSetupCode(sql, hashCode(code)))) {
    return { refused: (await hasOwner(sql)) ? "already_set_up" : "link_invalid" };
  }

  const passwordHash = await passwords.hash(password);
  if (passwordHash === undefined) return busy;

  const { token, session } = newSession(now());
  const owner = await insertOwner(sql, hashCode(code), { name, email, passwordHash }, session);
  if (typeof owner === "string") return { refused: owner };
  return { account: owner, sessionId: session.id, refreshToken: token };
}

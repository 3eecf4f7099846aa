import { findCredentials } from "../store/account.ts";
import type { Database } from "../store/database.ts";
import { insertSession } from "../store/session.ts";
import type { Attempts } from "./attempts.ts";
import { busy, type Entered } from "./enter.ts";
import type { Passwords } from "./password.ts";
import { newSession } from "./refresh-token.ts";
import type { AuthRefusal } from "./refusal.ts";

export interface SignInParts {
  readonly sql: Database;
  readonly passwords: Passwords;
  readonly attempts: Attempts;
  readonly now: () => number;
}

/**
 * Begins a session for who knows the password. An unknown address gets the answer of a wrong password after the same
 * time; that an account is deactivated is told only to who knows its password.
 */
export async function signIn(
  { sql, passwords, attempts, now }: SignInParts,
  { email, password, address }: { email: string; password: string; address: string },
): Promise<Entered | AuthRefusal> {
  return await attempts.signIn({ address, email }, async () => {
    const found = await findCredentials(sql, email);
    const same = await passwords.matches(password, found?.passwordHash);
    if (same === undefined) return busy;
    if (!found || !same) return { refused: "wrong_credentials" };
    if (!found.active) return { refused: "account_inactive" };

    const { token, session } = newSession(now());
    await insertSession(sql, found.id, session);
    const { id, name, role } = found;
    return {
      account: { id, name, email: found.email, role },
      sessionId: session.id,
      refreshToken: token,
    };
  });
}

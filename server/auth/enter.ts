import type { Account } from "../store/account.ts";
import type { AuthRefusal } from "./refusal.ts";

/** Somebody who is in: whose account it is, the session, and its refresh token, which is told once. */
export interface Entered {
  readonly account: Account;
  readonly sessionId: string;
  readonly refreshToken: string;
}

/** What is typed to make an account. */
export interface AccountForm {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export const busy: AuthRefusal = { refused: "busy", retryAfterSeconds: 2 };

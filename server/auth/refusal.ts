/** Every answer of this folder that says no. `http/problem.ts` has a sentence for each. */
export interface AuthRefusal {
  readonly refused:
    | "already_set_up"
    | "link_invalid"
    | "email_taken"
    | "wrong_credentials"
    | "account_inactive"
    | "session_ended"
    | "too_many_attempts"
    | "busy";
  /** When another attempt has a chance. */
  readonly retryAfterSeconds?: number;
}

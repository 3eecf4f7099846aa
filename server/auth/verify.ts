import type { Refusal } from "#wire/codes.ts";
import type { UserId } from "#wire/ids.ts";
import { type Admit, wireRefusals } from "./access.ts";
import type { Entries } from "./entries.ts";

/** Who a token speaks for, after its user was found to exist and to be active. */
export interface Verified {
  readonly userId: UserId;
  readonly name: string;
  readonly sessionId: string;
  readonly expiresAtMs: number;
}

export interface VerifyParts {
  readonly admit: Admit;
  readonly entries: Pick<Entries, "hello">;
  /** Whether this worker has heard that the session ended. */
  readonly hasEnded: (sessionId: string) => boolean;
}

export interface Verify {
  /** S1, S2: a valid token, of a user who exists and is active, in a session that has not ended. */
  readonly verify: (token: string) => Promise<Verified | Refusal>;
  /** The same for one more socket of the user, which is counted. */
  readonly enter: (token: string) => Promise<Verified | Refusal>;
}

export function createVerify({ admit, entries, hasEnded }: VerifyParts): Verify {
  const verified = async (
    token: string,
    count: (user: UserId) => number | Promise<number>,
  ): Promise<Verified | Refusal> => {
    const admitted = await admit(token);
    if ("refused" in admitted) return { refused: wireRefusals[admitted.refused] };
    const { account, sessionId, expiresAtMs } = admitted;
    const waitMs = await count(account.id);
    if (waitMs > 0) return { refused: "slow_down", retryAfterMs: waitMs };
    // It may have ended between the read and now, when there was no socket of it to close yet.
    if (hasEnded(sessionId)) return { refused: "token_invalid" };
    return { userId: account.id, name: account.name, sessionId, expiresAtMs };
  };
  return {
    verify: (token) => verified(token, () => 0),
    enter: (token) => verified(token, (user) => entries.hello(user)),
  };
}

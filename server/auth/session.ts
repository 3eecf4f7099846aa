import type { Database } from "../store/database.ts";
import { endSession, lockSession, writeChain } from "../store/session.ts";
import type { Entered } from "./enter.ts";
import { hashToken, judgeToken, sessionIdOf, sessionMs } from "./refresh-token.ts";
import type { Tokens } from "./tokens.ts";

export interface SessionParts {
  readonly sql: Database;
  readonly tokens: Tokens;
  readonly now: () => number;
}

/** No session; `endedId` when this very token was the reason to end one. */
export interface SessionOver {
  readonly refused: "session_ended";
  readonly endedId?: string;
}

const over: SessionOver = { refused: "session_ended" };

/** Continues a session with the token that follows; a stolen chain ends the session for everybody who holds it. */
export async function refreshSession(
  { sql, tokens, now }: SessionParts,
  token: string,
): Promise<Entered | SessionOver> {
  const sessionId = sessionIdOf(token);
  if (sessionId === undefined) return over;

  return await sql.begin(async (transaction): Promise<Entered | SessionOver> => {
    const session = await lockSession(transaction, sessionId);
    const nowMs = now();
    if (!session || !session.active || session.expiresAt.getTime() <= nowMs) return over;

    const verdict = judgeToken(session, token, tokens, nowMs);
    const usedAt = new Date(nowMs);
    if ("stolen" in verdict) {
      await endSession(transaction, sessionId, "token_reused", usedAt);
      return { ...over, endedId: sessionId };
    }
    const expiresAt = new Date(nowMs + sessionMs);
    await writeChain(transaction, sessionId, verdict.chain, { usedAt, expiresAt });
    return { account: session.account, sessionId, refreshToken: verdict.token };
  });
}

/** Ends the session whose newest token this is, or the one before it; answers with its id if it was open. */
export async function signOut(
  { sql, now }: Pick<SessionParts, "sql" | "now">,
  token: string,
): Promise<string | undefined> {
  const sessionId = sessionIdOf(token);
  if (sessionId === undefined) return undefined;

  return await sql.begin(async (transaction) => {
    const session = await lockSession(transaction, sessionId);
    const hash = hashToken(token);
    const known = session?.tokenHash.equals(hash) || session?.spentHash?.equals(hash);
    if (!known) return undefined;

    await endSession(transaction, sessionId, "signed_out", new Date(now()));
    return sessionId;
  });
}

import { createHash, randomBytes, randomUUID } from "node:crypto";
import type { NewSession, SessionChain } from "../store/session.ts";
import type { Tokens } from "./tokens.ts";

/** A session lives this long after its last use. */
export const sessionMs = 30 * 24 * 60 * 60 * 1000;
/** Two tabs, or a request and its repetition, may come with the same token within this time. */
export const graceMs = 30_000;
/** Once may be a lost answer, and twice; a thief who takes turns with the owner does it every time. */
export const lateInARowMax = 2;

const idBytes = 16;
const secretBytes = 32;
const shape = /^[\w-]{64}$/; // base64url of both.

/** A session that begins, and the first token of its chain. */
export function newSession(nowMs: number): { token: string; session: NewSession } {
  const id = randomUUID();
  const token = tokenOf(id, randomBytes(secretBytes));
  const session = {
    id,
    tokenHash: hashToken(token),
    createdAt: new Date(nowMs),
    expiresAt: new Date(nowMs + sessionMs),
  };
  return { token, session };
}

/** The session that a token says it belongs to. */
export function sessionIdOf(token: string): string | undefined {
  if (!shape.test(token)) return undefined;

  const hex = Buffer.from(token, "base64url").subarray(0, idBytes).toString("hex");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

/** What is stored in place of a token. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

export type Verdict =
  { readonly token: string; readonly chain: SessionChain } | { readonly stolen: true };

/**
 * Decides what a token that came back is worth. Pure; the caller holds the session's lock.
 *
 *     newest, older than 30 s   → spent, its successor becomes the newest
 *     newest, younger           → itself again: the answers of ten tabs agree
 *     spent                     → its successor, for 30 s or until that was used: an answer may have been lost
 *     anything else             → a token that was spent long ago: two people hold this chain
 *
 * A token that is younger than the grace is not turned, so that only the newest and the one before it can be within
 * it, and two hashes are all that must be kept.
 */
export function judgeToken(
  chain: SessionChain,
  token: string,
  tokens: Tokens,
  nowMs: number,
): Verdict {
  const hash = hashToken(token);
  const young = chain.spentAt !== null && nowMs - chain.spentAt.getTime() < graceMs;

  if (hash.equals(chain.tokenHash)) {
    if (young) return { token, chain: { ...chain, tokenUsed: true } };

    const successor = successorOf(token, tokens);
    const turned = {
      tokenHash: hashToken(successor),
      spentHash: hash,
      spentAt: new Date(nowMs),
      tokenUsed: false,
      spentCameLate: false,
      lateInARow: chain.spentCameLate ? chain.lateInARow : 0,
    };
    return { token: successor, chain: turned };
  }

  if (chain.spentHash === null || !hash.equals(chain.spentHash)) return { stolen: true };
  if (!young && chain.tokenUsed) return { stolen: true };

  const newlyLate = !young && !chain.spentCameLate;
  const lateInARow = chain.lateInARow + (newlyLate ? 1 : 0);
  if (lateInARow > lateInARowMax) return { stolen: true };

  const successor = successorOf(token, tokens);
  // Its hash is written again because SECRET_KEY may have changed since, and with it what follows.
  const tokenHash = hashToken(successor);
  const spentCameLate = chain.spentCameLate || newlyLate;
  return { token: successor, chain: { ...chain, tokenHash, spentCameLate, lateInARow } };
}

function successorOf(token: string, tokens: Tokens): string {
  return tokenOf(sessionIdOf(token)!, tokens.successorOf(token));
}

function tokenOf(sessionId: string, secret: Buffer): string {
  return Buffer.concat([Buffer.from(sessionId.replaceAll("-", ""), "hex"), secret]).toString(
    "base64url",
  );
}

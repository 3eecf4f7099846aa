import { createHmac, hkdfSync } from "node:crypto";
import { errors, jwtVerify, SignJWT } from "jose";
import type { UserId } from "#wire/ids.ts";
import { ownIssuer } from "../config.ts";

/** Who an access token speaks for. Whether that is still true, `readActiveUser` says. */
export interface Access {
  readonly userId: UserId;
  readonly sessionId: string;
  readonly expiresAtMs: number;
}

export interface TokenRefusal {
  readonly refused: "token_invalid" | "token_expired";
}

interface SignedAccess {
  readonly accessToken: string;
  readonly expiresAtMs: number;
}

export interface Tokens {
  /** A token that is good for ten minutes. */
  signAccessToken(userId: UserId, sessionId: string): Promise<SignedAccess>;
  /** Reads a token of ours; never throws for what a stranger sends. */
  verifyAccessToken(token: string): Promise<Access | TokenRefusal>;
  /** The text that follows this one in a chain which only the server can walk. */
  successorOf(text: string): Buffer;
}

const accessSeconds = 10 * 60;
const audience = "parley";

/** Makes and reads the tokens of one server. `secretKey` is the setting; `now` is a clock in milliseconds. */
export function createTokens(secretKey: string, now: () => number = Date.now): Tokens {
  const accessKey = hmacKey(keyFor("access token", secretKey));
  const chainKey = keyFor("refresh chain", secretKey);

  return {
    signAccessToken: async (userId, sessionId) => {
      const issuedAt = Math.floor(now() / 1000);
      const expiresAt = issuedAt + accessSeconds;
      const accessToken = await new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(String(userId))
        .setIssuer(ownIssuer)
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(await accessKey);
      return { accessToken, expiresAtMs: expiresAt * 1000 };
    },

    verifyAccessToken: async (token) => {
      try {
        const { payload } = await jwtVerify(token, await accessKey, {
          algorithms: ["HS256"], // The key's algorithm, never the one that the token names.
          issuer: ownIssuer,
          audience,
          currentDate: new Date(now()),
          requiredClaims: ["sub", "sid", "exp"],
        });
        return accessOf(payload) ?? { refused: "token_invalid" };
      } catch (error) {
        if (error instanceof errors.JWTExpired) return { refused: "token_expired" };
        if (error instanceof errors.JOSEError) return { refused: "token_invalid" };
        throw error;
      }
    },

    successorOf: (text) => createHmac("sha256", chainKey).update(text).digest(),
  };
}

/** The key of HS256 in the form that is ready for use: jose would make it anew for every token. */
export const hmacKey = (secret: Uint8Array<ArrayBuffer>): Promise<CryptoKey> =>
  crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, [
    "sign",
    "verify",
  ]);

function accessOf(claims: Record<string, unknown>): Access | undefined {
  const { sub, sid, exp } = claims;
  const userId = Number(sub);
  if (!Number.isSafeInteger(userId) || typeof sid !== "string") return undefined;

  return { userId: userId as UserId, sessionId: sid, expiresAtMs: Number(exp) * 1000 };
}

/** Each purpose has a key of its own (RFC 5869), so that nothing made for one is good for another. */
function keyFor(purpose: string, secretKey: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(hkdfSync("sha256", secretKey, "parley", purpose, 32));
}

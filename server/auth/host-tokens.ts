import { createRemoteJWKSet, decodeJwt, errors, type JWTVerifyGetKey, jwtVerify } from "jose";
import { z } from "zod";
import { parseName } from "#wire/name.ts";
import { systemRoles } from "#wire/row.ts";
import type { Config } from "../config.ts";
import type { Role } from "../store/account.ts";
import { hmacKey } from "./tokens.ts";

/** Where the host application's tokens come from, and whom they are for: `HOST_…` of the configuration. */
export interface HostSettings {
  readonly issuer: string;
  readonly audience: string;
  /** One of both: a secret for HS256, or the address of public keys. */
  readonly keys: { readonly secret: string } | { readonly jwksUrl: string };
}

/** The settings, where there is a host application. */
export function hostSettingsOf(config: Config): HostSettings | undefined {
  const { hostJwtSecret, hostJwksUrl, hostIssuer = "", hostAudience = "" } = config;
  const named = { issuer: hostIssuer, audience: hostAudience };
  if (hostJwtSecret !== undefined) return { ...named, keys: { secret: hostJwtSecret } };
  return hostJwksUrl === undefined ? undefined : { ...named, keys: { jwksUrl: hostJwksUrl } };
}

/** What the host application says of a person. */
export interface HostClaims {
  readonly hostId: string;
  readonly name: string;
  readonly role: Role | undefined;
  readonly expiresAtMs: number;
}

export interface HostRefusal {
  readonly refused: "token_invalid" | "token_expired" | "keys_unavailable";
}

export interface HostTokens {
  /** Whether it says that it is the host application's. Believed only to choose who verifies it. */
  isHosts(token: string): boolean;
  /** Reads a token of the host application; never throws for what a stranger sends. */
  verify(token: string): Promise<HostClaims | HostRefusal>;
}

export const hostTokenLimits = {
  /** Of the host's own id of a person. */
  hostIdCharsMax: 200,
  /** From now: a token that lives longer would outlive what the host knows of the person. */
  hoursMax: 24,
  /** Between the host's clock and ours. */
  leewaySeconds: 5,
  keysMsMax: 5_000,
  /** Keys that are not known are asked for at most this often: a stranger may name any. */
  keysCooldownMs: 30_000,
  /** Keys are asked for anew after so long. */
  keysAgeMsMax: 10 * 60 * 1_000,
} as const;

/** Asymmetric alone: were HS256 among them, a public key could be used as its secret. The key's own algorithm decides which. */
const publicKeyAlgorithms = [
  ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
  ...["ES256", "ES384", "ES512", "EdDSA"],
];

const claimsShape = z.object({
  // PostgreSQL holds every character but this one, and reads many at once: one would fail them all.
  sub: z
    .string()
    .min(1)
    .max(hostTokenLimits.hostIdCharsMax)
    .regex(/^[^\0]*$/),
  name: z.string().transform(parseName),
  role: z.enum(systemRoles).optional().catch(undefined),
  exp: z.number(),
});

/** Reads tokens that a host application signed. `now` is a clock in milliseconds. */
export function createHostTokens(
  { issuer, audience, keys }: HostSettings,
  now: () => number = Date.now,
): HostTokens {
  const isShared = "secret" in keys;
  const algorithms = isShared ? ["HS256"] : publicKeyAlgorithms;
  const key = isShared ? hmacKey(new TextEncoder().encode(keys.secret)) : remoteKeys(keys.jwksUrl);
  const verifying = async (token: string) => {
    const options = {
      algorithms,
      issuer,
      audience,
      currentDate: new Date(now()),
      clockTolerance: hostTokenLimits.leewaySeconds,
      requiredClaims: ["sub", "exp"],
    };
    return typeof key === "function"
      ? await jwtVerify(token, key, options)
      : await jwtVerify(token, await key, options);
  };
  return {
    isHosts: (token) => issuerOf(token) === issuer,
    verify: async (token) => {
      try {
        const { payload } = await verifying(token);
        const claims = claimsShape.safeParse(payload);
        if (!claims.success || claims.data.name === undefined) return { refused: "token_invalid" };
        const { sub, name, role, exp } = claims.data;
        const livesTooLong = exp * 1_000 > now() + hostTokenLimits.hoursMax * 3_600_000;
        if (livesTooLong) return { refused: "token_invalid" };
        return { hostId: sub, name, role, expiresAtMs: exp * 1_000 };
      } catch (error) {
        if (error instanceof errors.JWTExpired) return { refused: "token_expired" };
        if (error instanceof KeysUnavailable) return { refused: "keys_unavailable" };
        if (error instanceof errors.JOSEError) return { refused: "token_invalid" };
        throw error;
      }
    },
  };
}

class KeysUnavailable extends Error {
  override name = "KeysUnavailable";
}

/** The host's public keys, kept until they are old; a key that rotated in is asked for when its first token comes. */
function remoteKeys(url: string): JWTVerifyGetKey {
  const known = createRemoteJWKSet(new URL(url), {
    timeoutDuration: hostTokenLimits.keysMsMax,
    cooldownDuration: hostTokenLimits.keysCooldownMs,
    cacheMaxAge: hostTokenLimits.keysAgeMsMax,
  });
  return async (header, token) => {
    try {
      return await known(header, token);
    } catch (error) {
      // These say something of the token. Everything else says that the keys could not be had.
      if (error instanceof errors.JWKSNoMatchingKey) throw error;
      if (error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      if (error instanceof errors.JOSENotSupported) throw error;
      throw new KeysUnavailable("the host application's keys can't be read", { cause: error });
    }
  };
}

function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined; // No token at all: whoever verifies it says so.
  }
}

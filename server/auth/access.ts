import type { RefusalCode } from "#wire/codes.ts";
import { type Account, readIsActive, type Role } from "../store/account.ts";
import type { Database } from "../store/database.ts";
import { enterHostUser } from "../store/host-user.ts";
import type { AccountReads } from "../store/reads.ts";
import type { HostClaims, HostTokens } from "./host-tokens.ts";
import type { Tokens } from "./tokens.ts";

/** Somebody whose token is good, who exists, is active, and whose session has not ended. */
export interface Admitted {
  readonly account: Account;
  readonly sessionId: string;
  readonly expiresAtMs: number;
}

export interface AdmitRefusal {
  readonly refused:
    "token_invalid" | "token_expired" | "session_ended" | "user_inactive" | "keys_unavailable";
}

/** S1, S2: who a token speaks for, whoever signed it: this server, or the host application. */
export type Admit = (token: string) => Promise<Admitted | AdmitRefusal>;

export interface AdmitParts {
  readonly sql: Database;
  readonly reads: AccountReads;
  /** For users whom the host application brings. */
  readonly writing: Database;
  readonly tokens: Tokens;
  readonly hostTokens: HostTokens | undefined;
  readonly hostRolesTrusted: boolean;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** The one way in, for sockets and for HTTP. */
export function createAdmit(parts: AdmitParts): Admit {
  const { sql, reads, tokens, hostTokens } = parts;
  return async (token) => {
    if (hostTokens?.isHosts(token)) return await admitHosts(parts, await hostTokens.verify(token));

    const access = await tokens.verifyAccessToken(token);
    if ("refused" in access) return access;
    const { userId, sessionId, expiresAtMs } = access;
    const account = await reads.activeUser(userId, sessionId);
    if (account) return { account, sessionId, expiresAtMs };
    return { refused: (await readIsActive(sql, userId)) ? "session_ended" : "user_inactive" };
  };
}

async function admitHosts(
  { reads, writing, hostRolesTrusted, now }: AdmitParts,
  claims: HostClaims | AdmitRefusal,
): Promise<Admitted | AdmitRefusal> {
  if ("refused" in claims) return claims;
  const { hostId, name, role, expiresAtMs } = claims;
  const person = {
    hostId,
    name,
    role: grantedRole(role, hostRolesTrusted),
    isRoleTheirs: hostRolesTrusted && role !== undefined,
  };
  const known = await reads.hostUser(hostId);
  const user = await enterHostUser(writing, person, known, new Date(now()));
  return user === "inactive" ? { refused: "user_inactive" } : { ...user, expiresAtMs };
}

/** Never above member, unless the operator said that the host's roles may be believed; and never the owner. */
function grantedRole(role: Role | undefined, isTrusted: boolean): Role {
  if (role === undefined || role === "guest") return role ?? "member";
  if (!isTrusted) return "member";
  return role === "owner" ? "admin" : role;
}

/** What a socket is told of a token that is not good. */
export const wireRefusals = {
  token_invalid: "token_invalid",
  token_expired: "token_expired",
  session_ended: "token_invalid",
  user_inactive: "user_inactive",
  keys_unavailable: "unavailable",
} as const satisfies Record<AdmitRefusal["refused"], RefusalCode>;

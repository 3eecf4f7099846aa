import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Entered } from "../auth/enter.ts";
import { sessionMs } from "../auth/refresh-token.ts";
import { writeDevice } from "../store/session.ts";
import type { AppEnv, Parts } from "./parts.ts";

const cookieName = "parley_refresh";
/** Sent only where it is needed: no other route can leak it. */
const cookiePath = (c: Context<AppEnv>): string => `${c.var.prefix}/api/v1/session`;

/** What browsers call themselves is shorter; nobody keeps a novel here. */
const agentCharsMax = 300;

/** Answers who is in: the access token in the body, the refresh token where no script can read it. */
export async function signed<Status extends 200 | 201>(
  c: Context<AppEnv>,
  { sql, tokens }: Parts,
  { account, sessionId, refreshToken }: Entered,
  status: Status,
) {
  const agent = (c.req.header("user-agent") ?? "").slice(0, agentCharsMax);
  await writeDevice(sql, sessionId, { agent, address: c.var.address });
  const { accessToken, expiresAtMs } = await tokens.signAccessToken(account.id, sessionId);
  setCookie(c, cookieName, refreshToken, {
    httpOnly: true,
    sameSite: "Lax",
    path: cookiePath(c),
    maxAge: sessionMs / 1000,
    secure: c.var.secure,
  });
  const expiresAt = new Date(expiresAtMs).toISOString();
  return c.json({ accessToken, expiresAt, user: account }, status);
}

/** The refresh token that the browser brought. */
export function refreshTokenOf(c: Context<AppEnv>): string {
  return getCookie(c, cookieName) ?? "";
}

/** Makes the browser forget its refresh token. */
export function forgetToken(c: Context<AppEnv>): void {
  deleteCookie(c, cookieName, { path: cookiePath(c), secure: c.var.secure });
}

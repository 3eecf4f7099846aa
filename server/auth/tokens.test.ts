import { expect, test } from "bun:test";
import { hkdfSync } from "node:crypto";
import { SignJWT, UnsecuredJWT } from "jose";
import type { UserId } from "#wire/ids.ts";
import { createTokens } from "./tokens.ts";

const secretKey = "a secret key of a test, long enough";
const startMs = Date.UTC(2026, 10, 21, 12);
const ada = 7 as UserId;
const sessionId = "0b7e4f1e-6a0c-4f0e-9d6e-0d9f0f6f5a11";
const minuteMs = 60_000;

function clockwork() {
  const clock = { nowMs: startMs };
  return { clock, tokens: createTokens(secretKey, () => clock.nowMs) };
}

/** A token that differs from ours in what `change` changes, signed with our own key. */
async function forged(
  change: (jwt: SignJWT) => SignJWT,
  { key = secretKey, alg = "HS256" }: { key?: string; alg?: string } = {},
): Promise<string> {
  const jwt = new SignJWT({ sid: sessionId })
    .setProtectedHeader({ alg })
    .setSubject(String(ada))
    .setIssuer("parley")
    .setAudience("parley")
    .setExpirationTime(startMs / 1000 + 60);
  const bytes = new Uint8Array(hkdfSync("sha256", key, "parley", "access token", 32));
  return await change(jwt).sign(bytes);
}

test("S2: an access token says who, in which session, and until when", async () => {
  const { tokens } = clockwork();
  const { accessToken, expiresAtMs } = await tokens.signAccessToken(ada, sessionId);
  expect(expiresAtMs).toBe(startMs + 10 * minuteMs);
  expect(await tokens.verifyAccessToken(accessToken)).toEqual({
    userId: ada,
    sessionId,
    expiresAtMs,
  });
});

test("S2: an access token is good for ten minutes and not a second more", async () => {
  const { tokens, clock } = clockwork();
  const { accessToken } = await tokens.signAccessToken(ada, sessionId);
  clock.nowMs += 10 * minuteMs - 1_000;
  expect(await tokens.verifyAccessToken(accessToken)).toMatchObject({ userId: ada });
  clock.nowMs += 1_000;
  expect(await tokens.verifyAccessToken(accessToken)).toEqual({ refused: "token_expired" });
});

test("what these tests forge is good where nothing is changed", async () => {
  const { tokens } = clockwork();
  expect(await tokens.verifyAccessToken(await forged((jwt) => jwt))).toMatchObject({ userId: ada });
});

test.each<[string, () => Promise<string>]>([
  ["of another key", async () => await forged((jwt) => jwt, { key: "somebody else's secret key" })],
  ["of another algorithm", async () => await forged((jwt) => jwt, { alg: "HS512" })],
  ["of another issuer", async () => await forged((jwt) => jwt.setIssuer("elsewhere"))],
  ["for another audience", async () => await forged((jwt) => jwt.setAudience("elsewhere"))],
  ["for nobody", async () => await forged((jwt) => jwt.setSubject("ada"))],
  [
    "without an end",
    async () => {
      const bytes = new Uint8Array(hkdfSync("sha256", secretKey, "parley", "access token", 32));
      return await new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: "HS256" })
        .setSubject(String(ada))
        .setIssuer("parley")
        .setAudience("parley")
        .sign(bytes);
    },
  ],
  [
    "without a signature",
    async () =>
      await Promise.resolve(
        new UnsecuredJWT({ sid: sessionId })
          .setSubject(String(ada))
          .setIssuer("parley")
          .setAudience("parley")
          .setExpirationTime(startMs / 1000 + 60)
          .encode(),
      ),
  ],
])("S2: a token %s is refused", async (_what, make) => {
  const { tokens } = clockwork();
  expect(await tokens.verifyAccessToken(await make())).toEqual({ refused: "token_invalid" });
});

test("S2: one changed character of the claims or of the signature is refused", async () => {
  const { tokens } = clockwork();
  const { accessToken } = await tokens.signAccessToken(ada, sessionId);
  const [head, claims, signature] = accessToken.split(".") as [string, string, string];
  const swap = (text: string) => `${text[0] === "A" ? "B" : "A"}${text.slice(1)}`;
  for (const token of [
    `${head}.${swap(claims)}.${signature}`,
    `${head}.${claims}.${swap(signature)}`,
    `${head}.${claims}.`,
  ]) {
    expect(await tokens.verifyAccessToken(token)).toEqual({ refused: "token_invalid" });
  }
});

test.each([
  ["nothing", ""],
  ["a word", "x"],
  ["three words", "a.b.c"],
  ["two dots", ".."],
  ["a null", "\u0000"],
  ["other letters", "é.é.é"],
  ["too much", "x".repeat(5_000)],
])("S2: %s is no token, and breaks nothing", async (_what, token) => {
  const { tokens } = clockwork();
  expect(await tokens.verifyAccessToken(token)).toEqual({ refused: "token_invalid" });
});

test("a secret key makes a chain of its own", () => {
  const one = createTokens(secretKey);
  expect(one.successorOf("a")).toEqual(createTokens(secretKey).successorOf("a"));
  expect(one.successorOf("a")).not.toEqual(one.successorOf("b"));
  expect(one.successorOf("a")).not.toEqual(createTokens(`${secretKey}!`).successorOf("a"));
});

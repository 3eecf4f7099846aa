import { afterAll, expect, test } from "bun:test";
import { createHmac } from "node:crypto";
import { exportJWK, exportSPKI, generateKeyPair, type JWK, SignJWT, UnsecuredJWT } from "jose";
import { createHostTokens, hostTokenLimits } from "./host-tokens.ts";

const secret = "the secret of a host application, long enough";
const [issuer, audience] = ["https://app.example.org", "parley-of-the-house"];
const clock = { nowMs: Date.now() };
const now = () => clock.nowMs;
const shared = createHostTokens({ issuer, audience, keys: { secret } }, now);
const seconds = () => Math.floor(clock.nowMs / 1_000);

function jwt(claims: Record<string, unknown> = {}): SignJWT {
  return new SignJWT({ name: "Ada Lovelace", ...claims })
    .setSubject("ada")
    .setIssuer(issuer)
    .setAudience(audience)
    .setExpirationTime(seconds() + 600);
}
const signed = (token = jwt(), key = secret, alg = "HS256"): Promise<string> =>
  token.setProtectedHeader({ alg }).sign(new TextEncoder().encode(key));

/** The host's public keys, as its server gives them; a test changes them, and counts the questions. */
const published = { keys: [] as JWK[], status: 200, questions: 0 };
const host = Bun.serve({
  hostname: "127.0.0.1",
  port: 0,
  fetch: () => {
    published.questions++;
    return Response.json({ keys: published.keys }, { status: published.status });
  },
});
afterAll(() => host.stop(true));
const publicTokens = () =>
  createHostTokens({ issuer, audience, keys: { jwksUrl: `${host.url.href}jwks.json` } }, now);

async function keyOf(kid: string, alg = "ES256") {
  const pair = await generateKeyPair(alg, { extractable: true });
  const jwk: JWK = { ...(await exportJWK(pair.publicKey)), kid, alg };
  const sign = (token = jwt()) => token.setProtectedHeader({ alg, kid }).sign(pair.privateKey);
  return { jwk, sign, pair };
}

test("S2: a host application's token says who somebody is there, by which name and role, and until when", async () => {
  const token = await signed(jwt({ role: "guest" }));
  expect(shared.isHosts(token)).toBe(true);
  expect(await shared.verify(token)).toEqual({
    hostId: "ada",
    name: "Ada Lovelace",
    role: "guest",
    expiresAtMs: (seconds() + 600) * 1_000,
  });
});

test.each<[string, () => string | Promise<string>, ("token_invalid" | "token_expired")?]>([
  [
    "without a signature",
    () =>
      new UnsecuredJWT({ name: "Ada" })
        .setSubject("ada")
        .setIssuer(issuer)
        .setAudience(audience)
        .setExpirationTime("1h")
        .encode(),
  ],
  ["of another secret", () => signed(jwt(), "somebody else's secret, also long enough")],
  ["of another algorithm", () => signed(jwt(), secret, "HS512")],
  ["for another audience", () => signed(jwt().setAudience("somebody else"))],
  ["of another issuer", () => signed(jwt().setIssuer("https://evil.example"))],
  ["that is not valid yet", () => signed(jwt().setNotBefore(seconds() + 60))],
  [
    "without an end",
    () =>
      new SignJWT({ name: "Ada" })
        .setSubject("ada")
        .setIssuer(issuer)
        .setAudience(audience)
        .setProtectedHeader({ alg: "HS256" })
        .sign(new TextEncoder().encode(secret)),
  ],
  [
    "without a subject",
    () =>
      signed(
        new SignJWT({ name: "Ada" })
          .setIssuer(issuer)
          .setAudience(audience)
          .setExpirationTime("1h"),
      ),
  ],
  ["with an empty subject", () => signed(jwt().setSubject(""))],
  ["with a subject that PostgreSQL cannot hold", () => signed(jwt().setSubject("a\0da"))],
  [
    "with a subject of 201 characters",
    () => signed(jwt().setSubject("x".repeat(hostTokenLimits.hostIdCharsMax + 1))),
  ],
  ["without a name", () => signed(jwt({ name: undefined }))],
  ["with a name that nobody has", () => signed(jwt({ name: "Ada\u202e" }))],
  ["with a name that is no text", () => signed(jwt({ name: 7 }))],
  [
    "that lives longer than a day",
    () => signed(jwt().setExpirationTime(seconds() + hostTokenLimits.hoursMax * 3_600 + 60)),
  ],
  ["that has expired", () => signed(jwt().setExpirationTime(seconds() - 10)), "token_expired"],
  ["that is none", () => "not.a.token"],
])("S2: a token %s is refused", async (_what, make, refused = "token_invalid") => {
  expect(await shared.verify(await make())).toEqual({ refused });
});

test("S2: a subject of 200 characters, a life of a day and five seconds between two clocks are all right", async () => {
  const fine = [
    jwt().setSubject("x".repeat(hostTokenLimits.hostIdCharsMax)),
    jwt().setExpirationTime(seconds() + hostTokenLimits.hoursMax * 3_600 - 1),
    jwt().setExpirationTime(seconds() - hostTokenLimits.leewaySeconds + 1),
  ];
  for (const token of fine)
    expect(await shared.verify(await signed(token))).toHaveProperty("hostId");
});

test("S2: a role that does not exist is none", async () => {
  const token = await signed(jwt({ role: "emperor", groups: ["a"], more: { deep: true } }));
  expect(await shared.verify(token)).toMatchObject({ role: undefined });
});

test.each(["ES256", "RS256", "PS256", "EdDSA"])(
  "S2: tokens signed with %s are verified with the host's public key",
  async (alg) => {
    const key = await keyOf(`key-${alg}`, alg);
    published.keys = [key.jwk];
    expect(await publicTokens().verify(await key.sign())).toMatchObject({ hostId: "ada" });
  },
);

test("S2: a public key is no secret: a token signed with it as one is refused", async () => {
  const key = await keyOf("rsa", "RS256");
  published.keys = [key.jwk];
  const pem = await exportSPKI(key.pair.publicKey);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { sub: "ada", name: "Ada", iss: issuer, aud: audience, exp: seconds() + 600 };
  const head = `${part({ alg: "HS256", kid: "rsa" })}.${part(claims)}`;
  const forged = `${head}.${createHmac("sha256", pem).update(head).digest("base64url")}`;
  expect(await publicTokens().verify(forged)).toEqual({ refused: "token_invalid" });
});

test("S2: the key's own algorithm counts, not the one that a token names", async () => {
  const key = await keyOf("rsa", "RS256");
  published.keys = [{ ...key.jwk, alg: "PS256" }];
  expect(await publicTokens().verify(await key.sign())).toEqual({ refused: "token_invalid" });
});

test("S2: a key that rotates in is found with its first token, and an unknown one is not asked for again and again", async () => {
  const [first, second] = [await keyOf("first"), await keyOf("second")];
  published.keys = [first.jwk];
  const tokens = publicTokens();
  expect(await tokens.verify(await first.sign())).toMatchObject({ hostId: "ada" });
  // The library measures the pause between two questions by the real clock: with a young answer it does not ask.
  const before = published.questions;
  for (let count = 0; count < 5; count++) {
    expect(await tokens.verify(await second.sign())).toEqual({ refused: "token_invalid" });
  }
  expect(published.questions).toBe(before);
  published.keys = [second.jwk];
  expect(await publicTokens().verify(await second.sign())).toMatchObject({ hostId: "ada" });
});

test("S2: where the keys can't be had nobody is told that the token is wrong; known keys go on", async () => {
  const key = await keyOf("first");
  published.keys = [key.jwk];
  const known = publicTokens();
  expect(await known.verify(await key.sign())).toMatchObject({ hostId: "ada" });
  published.status = 503;
  expect(await publicTokens().verify(await key.sign())).toEqual({ refused: "keys_unavailable" });
  expect(await known.verify(await key.sign())).toMatchObject({ hostId: "ada" });
  published.status = 200;
  const nowhere = { issuer, audience, keys: { jwksUrl: "http://127.0.0.1:9/jwks.json" } };
  const away = createHostTokens(nowhere, now);
  expect(await away.verify(await key.sign())).toEqual({ refused: "keys_unavailable" });
});

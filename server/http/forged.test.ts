/** Headers that anybody may write are not believed: who somebody is, how they came, and where this server is. */
import { expect, test } from "bun:test";
import { ownOrigin, testApp } from "../test/app.ts";
import { people } from "../test/people.ts";

const evil = "https://evil.example";
const wish = { usesMax: 1, expiresInHours: 1 };
/** Where proxies write which host and scheme were asked for; none of them is ours. */
const forwarded = {
  "x-forwarded-host": "evil.example",
  "x-forwarded-server": "evil.example",
  "x-original-host": "evil.example",
  forwarded: "for=198.51.100.1;host=evil.example;proto=https",
};

test("S14: a foreign page is turned away, whatever it says of the host that was asked", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  ada.headers = { origin: evil, ...forwarded };
  expect((await ada.post("/api/v1/invitations", wish)).json.code).toBe("origin_forbidden");
  // A name of theirs that leads here has none of our cookies, and does not make their page ours either.
  ada.headers = { origin: ownOrigin, host: "evil.example" };
  expect((await ada.post("/api/v1/invitations", wish)).json.code).toBe("origin_forbidden");
});

test("S14: no header moves the links that are made: with PUBLIC_URL not even Host", async () => {
  await using app = await testApp();
  const ada = await app.owner();
  ada.headers = forwarded;
  expect((await ada.post("/api/v1/invitations", wish)).json.link).toStartWith(
    `${ownOrigin}/invite#`,
  );

  await using published = await testApp({
    config: { trustedProxies: [], clientDir: "/nowhere", publicUrl: ownOrigin, corsOrigins: [] },
  });
  const owner = await published.owner();
  owner.headers = { host: "evil.example", ...forwarded };
  const { json } = await owner.post("/api/v1/invitations", wish);
  expect(json.link).toStartWith(`${ownOrigin}/invite#`);
});

test("S13 S14: a stranger's word makes no cookie Secure and pins no browser to https", async () => {
  await using app = await testApp();
  await app.owner();
  const browser = app.browser("203.0.113.7");
  browser.headers = { "x-forwarded-proto": "https", "x-forwarded-ssl": "on", ...forwarded };
  const { headers } = await browser.post("/api/v1/session", people.ada);
  expect(headers.get("set-cookie")).toContain("HttpOnly");
  expect(headers.get("set-cookie")).not.toContain("Secure");
  expect(headers.has("strict-transport-security")).toBe(false);
});

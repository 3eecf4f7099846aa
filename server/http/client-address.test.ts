import { expect, test } from "bun:test";
import { createProxies } from "./client-address.ts";

const trustedProxies = ["10.0.0.0/8", "192.0.2.9", "fd00::/8"];

function from(forwardedFor?: string, headers: Record<string, string> = {}): Request {
  return new Request("http://chat.lan/", {
    headers: {
      ...headers,
      ...(forwardedFor === undefined ? {} : { "x-forwarded-for": forwardedFor }),
    },
  });
}

test.each([
  ["nobody is trusted by default", [], "203.0.113.7", "1.2.3.4", "203.0.113.7"],
  ["a stranger's header changes nothing", trustedProxies, "203.0.113.7", "1.2.3.4", "203.0.113.7"],
  ["a proxy is believed", trustedProxies, "10.1.2.3", "203.0.113.7", "203.0.113.7"],
  ["a proxy by its address", trustedProxies, "192.0.2.9", "203.0.113.7", "203.0.113.7"],
  ["its neighbour is not", trustedProxies, "192.0.2.10", "203.0.113.7", "192.0.2.10"],
  [
    "what the client itself wrote is hearsay",
    trustedProxies,
    "10.1.2.3",
    "1.2.3.4, 203.0.113.7",
    "203.0.113.7",
  ],
  [
    "a chain of proxies",
    trustedProxies,
    "10.1.2.3",
    "1.2.3.4,203.0.113.7 , 192.0.2.9",
    "203.0.113.7",
  ],
  ["a proxy that says nothing", trustedProxies, "10.1.2.3", undefined, "10.1.2.3"],
  ["a proxy that says nonsense", trustedProxies, "10.1.2.3", "unknown", "10.1.2.3"],
  ["nonsense after an address", trustedProxies, "10.1.2.3", "1.2.3.4, <script>", "10.1.2.3"],
  ["only proxies", trustedProxies, "10.1.2.3", "10.9.9.9", "10.9.9.9"],
  ["IPv6", trustedProxies, "fd00::5", "2001:db8::7", "2001:db8::7"],
  ["IPv4 in IPv6's clothes", trustedProxies, "::ffff:10.1.2.3", "203.0.113.7", "203.0.113.7"],
  ["a client in such clothes", [], "::ffff:203.0.113.7", undefined, "203.0.113.7"],
])("the client's address: %s", (_what, proxies, peer, forwardedFor, expected) => {
  expect(createProxies(proxies).addressOf(from(forwardedFor), peer)).toBe(expected);
});

test("https is what the request came by, or what a trusted proxy says", () => {
  const proxies = createProxies(trustedProxies);
  const said = from(undefined, { "x-forwarded-proto": "https" });
  expect(proxies.cameByHttps(from(), "10.1.2.3")).toBe(false);
  expect(proxies.cameByHttps(said, "10.1.2.3")).toBe(true);
  expect(proxies.cameByHttps(said, "203.0.113.7")).toBe(false);
  expect(
    proxies.cameByHttps(from(undefined, { "x-forwarded-proto": "https, http" }), "10.1.2.3"),
  ).toBe(false);
  expect(proxies.cameByHttps(new Request("https://chat.lan/"), "203.0.113.7")).toBe(true);
});

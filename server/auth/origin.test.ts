import { expect, test } from "bun:test";
import { allowedOrigin } from "./origin.ts";

function request(headers: Record<string, string>): Request {
  return new Request("http://127.0.0.1:3000/api/v1/session", { method: "POST", headers });
}

const publicUrl = "https://chat.example.org";

test.each([
  ["the same host", { host: "chat.lan:3000", origin: "http://chat.lan:3000" }],
  ["https in front of it", { host: "chat.lan", origin: "https://chat.lan" }],
  ["https and the port that it has anyway", { host: "chat.lan:443", origin: "https://chat.lan" }],
  ["other letters", { host: "Chat.LAN", origin: "http://chat.lan" }],
  ["an IPv6 address", { host: "[::1]:3000", origin: "http://[::1]:3000" }],
  ["a program, which has no origin", { host: "chat.lan" }],
  ["our own page without an origin", { host: "chat.lan", "sec-fetch-site": "same-origin" }],
])("a request of %s is let in", (_what, headers) => {
  expect(allowedOrigin(request(headers as Record<string, string>), {})).toBe(true);
});

test.each([
  ["another host", { host: "chat.lan", origin: "http://evil.example" }],
  ["another port", { host: "chat.lan:3000", origin: "http://chat.lan:3001" }],
  ["the default port of the other scheme", { host: "chat.lan:443", origin: "http://chat.lan" }],
  ["a host that begins alike", { host: "chat.lan", origin: "http://chat.lan.evil.example" }],
  ["a host that ends alike", { host: "chat.lan", origin: "http://evil-chat.lan" }],
  ["a sandboxed page", { host: "chat.lan", origin: "null" }],
  ["an empty origin", { host: "chat.lan", origin: "" }],
  ["a page for which no host is named", { origin: "http://chat.lan" }],
  ["a foreign page without an origin", { host: "chat.lan", "sec-fetch-site": "cross-site" }],
  ["a page of a sibling host without one", { host: "chat.lan", "sec-fetch-site": "same-site" }],
])("a request of %s is turned away", (_what, headers) => {
  expect(allowedOrigin(request(headers as Record<string, string>), {})).toBe(false);
});

test.each([publicUrl, `${publicUrl}/tools/chat`])(
  "behind a proxy that changes the host, %s is let in, and only it",
  (configured) => {
    const through = (origin: string) => request({ host: "10.0.0.5:3000", origin });
    expect(allowedOrigin(through(publicUrl), { publicUrl: configured })).toBe(true);
    expect(allowedOrigin(through(publicUrl), {})).toBe(false);
    expect(allowedOrigin(through("http://chat.example.org"), { publicUrl: configured })).toBe(
      false,
    );
    expect(allowedOrigin(through("https://chat.example.org:8443"), { publicUrl: configured })).toBe(
      false,
    );
    expect(allowedOrigin(through("http://10.0.0.5:3000"), { publicUrl: configured })).toBe(true);
  },
);

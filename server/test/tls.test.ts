/** A server that speaks https itself, as a program of somebody else's sees it. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { setupLink } from "../auth/setup.ts";
import { makeCertificate } from "./certificate.ts";
import { temporaryDirectory } from "./directory.ts";
import { hello } from "./hello.ts";
import { people } from "./people.ts";
import { startServer, type TestServer } from "./start-server.ts";
import { Talk } from "./talk.ts";

const directory = temporaryDirectory("parley-tls-");
const { cert, certPath, keyPath } = makeCertificate(directory.path, "parley.test");
const tls = { ca: cert };

let server: TestServer;
beforeAll(async () => {
  server = await startServer({ changes: { tlsCert: certPath, tlsKey: keyPath } });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  directory[Symbol.dispose]();
});

test("S14: with a certificate the server speaks https itself, and nothing else", async () => {
  expect(server.url).toStartWith("https://");
  const answer = await fetch(`${server.url}/api/v1/instance`, { tls });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("strict-transport-security")).toContain("max-age=");
  expect(answer.headers.get("cross-origin-opener-policy")).toBe("same-origin");
  const failure = (url: string) => fetch(url).then(() => "none", String);
  expect(await failure(server.url.replace("https", "http"))).not.toBe("none");
  // Whoever does not know the certificate is told so by it.
  expect(await failure(`${server.url}/livez`)).toContain("self signed");
});

test("S14 S13: signing in over it makes a cookie that only https carries", async () => {
  const code = new URL((await setupLink(server.sql, server.url))!).hash.replace("#code=", "");
  const answer = await fetch(`${server.url}/api/v1/setup`, {
    method: "POST",
    headers: { "content-type": "application/json", origin: server.url },
    body: JSON.stringify({ code, ...people.ada }),
    tls,
  });
  expect(answer.status).toBe(201);
  expect(answer.headers.get("set-cookie")).toMatch(/; HttpOnly; Secure; SameSite=Lax$/);
});

test("S14: a socket goes by wss, and what is said comes back", async () => {
  const ada = await server.signIn(people.ada);
  const grace = await server.signIn(people.grace);
  const channel = await server.direct(ada, grace);
  // Bun's own second argument; the types here are the browser's.
  const options = { protocols: ["parley.v1"], tls } as unknown as string[];
  const socket = new WebSocket(`${server.url.replace("https", "wss")}/ws`, options);
  socket.binaryType = "arraybuffer";
  await using talk = new Talk(socket);
  await new Promise((resolve) => socket.addEventListener("open", resolve));
  await hello(talk, ada);
  const said = await talk.gets("sent", {
    op: "send",
    channel,
    drafts: [{ clientMessageId: crypto.randomUUID(), body: "under seal", rootSeq: null }],
  });
  expect(said.fates[0]).toMatchObject({ code: null });
});

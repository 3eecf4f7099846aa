/** Behind nginx with the sample configuration that the README offers. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { connect } from "node:tls";
import { setupLink } from "../auth/setup.ts";
import { attemptLimits } from "../auth/attempts.ts";
import { findPort } from "../embedded/port.ts";
import { hello } from "./hello.ts";
import { hasNginx, type Nginx, startNginx } from "./nginx.ts";
import { people } from "./people.ts";
import { startServer, type TestServer } from "./start-server.ts";
import { Talk } from "./talk.ts";

let server: TestServer;
let nginx: Nginx;
let publicUrl = "";

beforeAll(async () => {
  if (!hasNginx) return;
  const port = await findPort("127.0.0.1", 0);
  nginx = await startNginx(port);
  publicUrl = `https://127.0.0.1:${nginx.httpsPort}`;
  server = await startServer({ changes: { port, publicUrl, trustedProxies: ["127.0.0.1"] } });
});
afterAll(async () => {
  if (!hasNginx) return;
  await server[Symbol.asyncDispose]();
  await nginx[Symbol.asyncDispose]();
});

const tls = () => ({ ca: nginx.certificate.cert });

/** The answer to a form that is posted from an address of this machine, with headers of somebody who forges them. */
async function post(
  from: string,
  path: string,
  form: object,
  forged: Readonly<Record<string, string>> = {},
): Promise<string> {
  const body = JSON.stringify(form);
  const options = {
    host: "127.0.0.1",
    port: nginx.httpsPort,
    localAddress: from,
    ca: nginx.certificate.cert,
  };
  const socket = connect(options);
  const lines = {
    Host: new URL(publicUrl).host,
    Origin: publicUrl,
    "Content-Type": "application/json",
    "Content-Length": `${Buffer.byteLength(body)}`,
    Connection: "close",
    ...forged,
  };
  const head = Object.entries(lines).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST ${path} HTTP/1.1\r\n${head.join("")}\r\n${body}`);
  let answer = "";
  for await (const bytes of socket) answer += String(bytes);
  return answer;
}

test.skipIf(!hasNginx)(
  "D7 S14: nginx sends plain http to https, and brings the interface with a cookie that is Secure",
  async () => {
    const plain = await fetch(`http://127.0.0.1:${nginx.httpPort}/people`, { redirect: "manual" });
    expect(plain.status).toBe(301);
    expect(plain.headers.get("location")).toBe(`${publicUrl}/people`);
    const code = new URL((await setupLink(server.sql, publicUrl))!).hash.replace("#code=", "");
    const answer = await post("127.0.0.2", "/api/v1/setup", { code, ...people.ada });
    expect(answer).toStartWith("HTTP/1.1 201");
    expect(answer).toMatch(
      /set-cookie: parley_refresh=[^;]+;.*; HttpOnly; Secure; SameSite=Lax\r\n/i,
    );
    expect(answer).toMatch(/strict-transport-security: max-age=/i);
  },
);

test.skipIf(!hasNginx)(
  "D7 S14: a WebSocket and a stream go through nginx, the stream as it comes",
  async () => {
    // Bun's own second argument; the types here are the browser's.
    const options = { protocols: ["parley.v1"], tls: tls() } as unknown as string[];
    const socket = new WebSocket(`${publicUrl.replace("https", "wss")}/ws`, options);
    socket.binaryType = "arraybuffer";
    await using talk = new Talk(socket);
    await new Promise((resolve) => socket.addEventListener("open", resolve));
    await hello(talk, await server.signIn(people.ada));

    const response = await fetch(`${publicUrl}/api/v1/stream/test`, { tls: tls() });
    const pieces: string[] = [];
    const decoder = new TextDecoder();
    for await (const bytes of response.body!) pieces.push(decoder.decode(bytes));
    // Held back, all of it would have come at once.
    expect(pieces.length).toBeGreaterThan(2);
    expect(pieces[0]).not.toContain("event: end");
    expect(pieces.at(-1)).toContain("event: end");
  },
);

test.skipIf(!hasNginx)(
  "S14: behind nginx people are told apart by their address, whatever they write into X-Forwarded-For",
  async () => {
    const guess = async (from: string, count: number): Promise<string> => {
      const form = { email: people.grace.email, password: `not-her-password-${count}` };
      const forged = { "X-Forwarded-For": `198.51.100.${count}` };
      return (await post(from, "/api/v1/session", form, forged)).slice(9, 12);
    };
    const { points } = attemptLimits.signInsByAddress;
    const statuses: string[] = [];
    for (let count = 0; count <= points; count++) statuses.push(await guess("127.0.0.3", count));
    expect(new Set(statuses.slice(0, points))).toEqual(new Set(["401"]));
    expect(statuses[points]).toBe("429");
    expect(await guess("127.0.0.4", 0)).toBe("401");
  },
);

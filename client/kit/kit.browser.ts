/** The kit on a page of another application, of another origin, in a real browser. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SignJWT } from "jose";
import type { Browser, Page } from "playwright-core";
import { people } from "../../server/test/people.ts";
import { startServer, type TestServer } from "../../server/test/start-server.ts";
import { talk } from "../../server/test/talk.ts";
import { buildClient } from "../build.ts";
import { launchBrowser } from "../test/browser.ts";
import type { api } from "./api.ts";
import type { Kit } from "./kit.ts";

setDefaultTimeout(30_000);

declare const parley: Kit;
declare const heard: string[];
declare const rest: ReturnType<typeof api>;

const hostJwtSecret = "the secret of a host application, long enough";
const host = { hostJwtSecret, hostIssuer: "https://app.example.org", hostAudience: "parley" };
let clientDir: string;
let server: TestServer;
let browser: Browser;
let application: Bun.Server<undefined>;
let channel: string;
let asked = 0;

const tokenOf = (sub: string) =>
  new SignJWT({ name: "Ada Lovelace" })
    .setProtectedHeader({ alg: "HS256" })
    .setSubject(sub)
    .setIssuer(host.hostIssuer)
    .setAudience(host.hostAudience)
    .setExpirationTime("10 min")
    .sign(new TextEncoder().encode(hostJwtSecret));

beforeAll(async () => {
  clientDir = await mkdtemp(join(tmpdir(), "parley-kit-"));
  await buildClient(clientDir);
  // The host application: a page, and a token for whoever is signed in there.
  application = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/favicon.ico") return new Response(undefined, { status: 204 });
      if (pathname !== "/parley-token") {
        return new Response(Bun.file(`${import.meta.dir}/../examples/host-page.html`));
      }
      asked++;
      return new Response(await tokenOf("host-1"));
    },
  });
  const corsOrigins = [`http://127.0.0.1:${application.port}`];
  [server, browser] = await Promise.all([
    startServer({ changes: { ...host, corsOrigins, clientDir } }),
    launchBrowser(),
  ]);
  const account = await fetch(`${server.url}/api/v1/account`, {
    headers: { authorization: `Bearer ${await tokenOf("host-1")}` },
  });
  const { id } = (await account.json()) as { id: number };
  const grace = await server.signIn(people.grace);
  channel = `dm-${Math.min(id, grace.id)}-${Math.max(id, grace.id)}`;
  await server.direct(grace, { ...grace, id } as never);
});
afterAll(async () => {
  await browser.close();
  await application.stop(true);
  await server[Symbol.asyncDispose]();
  await rm(clientDir, { recursive: true, force: true });
});

async function openPage(query: Record<string, string> = {}) {
  const page = await browser.newPage();
  const said: string[] = [];
  const count = { sockets: 0 };
  page.on("websocket", () => count.sockets++);
  page.on("console", (line) => said.push(`${line.type()}: ${line.text()}`));
  page.on("pageerror", (error) => said.push(String(error)));
  const words = new URLSearchParams({ parley: server.url, channel, ...query });
  await page.goto(`http://127.0.0.1:${application.port}/?${words}`);
  return { page, said, count };
}

const says = async (page: Page, body: string) => {
  await page.locator("input").fill(body);
  await page.keyboard.press("Enter");
};
const line = (page: Page, text: string) => page.locator("#messages li", { hasText: text });
const isConnected = (page: Page) => page.getByText("connected", { exact: true }).waitFor();

test("U6 U17: a page of another application says, hears, sees typing and counts over one connection, with a token of its host", async () => {
  const { page, said, count } = await openPage();
  await isConnected(page);
  expect(await page.locator("#who").innerText()).toBe("Ada Lovelace");
  await using grace = await talk(server, people.grace, channel);
  await says(page, "from the host's page");
  expect(await grace.hears(1)).toEqual(["from the host's page"]);
  await page.locator("#messages li[data-delivery=stored]").waitFor();
  await grace.gets("done", { op: "typing", channel: grace.channel, typing: true });
  await page.getByText("Grace Hopper is typing").waitFor();
  await page.locator("input").pressSequentially("h");
  await grace.next("typingChanged", ({ typing }) => typing);
  await page.locator("input").blur();
  await grace.says("an answer");
  await line(page, "Grace Hopper: an answer").waitFor();
  await page.waitForFunction(() => document.title === "Grace Hopper: an answer");
  await page.locator("#unread", { hasText: "1" }).waitFor();
  await page.locator("input").focus();
  await page.locator("#unread", { hasText: "0" }).waitFor();
  expect([count.sockets, said]).toEqual([1, []]);
  await page.close();
});

test("U6 U17 E12: over a restart of the server it comes back by itself, and hands out what came meanwhile once, in order", async () => {
  const { page } = await openPage();
  await isConnected(page);
  await line(page, "an answer").waitFor();
  await page.evaluate(() => {
    const titles: string[] = [];
    Object.assign(window, { heard: titles });
    // The title is set by `onMessage` alone; two of them may come in one batch.
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes) titles.push(addedNodes[0]!.textContent!);
    }).observe(document.querySelector("title")!, { childList: true });
  });
  const restarting = server.restart();
  await says(page, "said while it was away");
  await restarting;
  const own = "#messages li:not([data-delivery=sending])";
  await page.locator(own, { hasText: "said while it was away" }).waitFor();
  {
    await using grace = await talk(server, people.grace, channel);
    await grace.says("one");
    await grace.says("two");
  }
  await page.waitForFunction(() => document.title === "Grace Hopper: two");
  expect(await page.evaluate(() => heard)).toEqual([
    "Ada Lovelace: said while it was away",
    "Grace Hopper: one",
    "Grace Hopper: two",
  ]);
  await page.close();
});

test("U6: told to wait it asks for no token until it is told to connect, and after disconnecting it can begin anew", async () => {
  const before = asked;
  const { page } = await openPage({ connect: "later" });
  await page.getByText("not connected").waitFor();
  expect(await page.evaluate(() => parley.send("nowhere"))).toBe(false);
  expect(asked).toBe(before);
  await page.getByRole("button", { name: "Connect" }).click();
  await isConnected(page);
  await line(page, "two").waitFor();
  expect(asked).toBeGreaterThan(before);
  await page.evaluate(() => parley.disconnect());
  await page.getByText("not connected").waitFor();
  expect(await page.locator("#messages li").count()).toBe(0);
  await page.evaluate(() => parley.connect());
  await isConnected(page);
  await line(page, "two").waitFor();
  await page.close();
});

test("U7: over HTTP the kit lists, reads, sends once per id, marks, counts and types; a no is a problem with its code", async () => {
  const { page } = await openPage({ connect: "later" });
  await page.waitForFunction(() => "rest" in window);
  await using grace = await talk(server, people.grace, channel);
  await grace.says("for the counting");
  const found = await page.evaluate(async () => {
    const { channels } = (await rest.channels()) as { channels: { id: number; textId: string }[] };
    const { id } = channels[0]!;
    const before = (await rest.unread()) as { total: number };
    const clientMessageId = "0190a1b2-0000-7000-8000-00000000beef";
    const [first, again] = [
      await rest.send(id, "by HTTP", clientMessageId),
      await rest.send(id, "by HTTP", clientMessageId),
    ];
    await rest.typing(id);
    const { messages } = (await rest.messages(id, { limit: 2 })) as {
      messages: { body: string; seq: number }[];
    };
    await rest.read(id, messages.at(-1)!.seq);
    const after = (await rest.unread()) as { total: number };
    const no = await rest.messages(999_999).then(
      () => "answered",
      ({ status, code }: { status: number; code: string }) => [status, code],
    );
    return {
      textId: channels[0]!.textId,
      counts: [before.total > 0, after.total],
      isOnce: first["seq"] === again["seq"],
      bodies: messages.map(({ body }) => body),
      online: await rest.online(),
      no,
    };
  });
  expect(found).toMatchObject({
    textId: channel,
    counts: [true, 0],
    isOnce: true,
    bodies: ["for the counting", "by HTTP"],
    no: [403, "not_a_member"],
  });
  expect(JSON.stringify(found.online)).toContain("Grace Hopper");
  expect(await grace.hears(1)).toEqual(["by HTTP"]);
  await page.close();
});

test("U6 S13: a page whose origin the operator did not name gets the code and nothing else", async () => {
  using stranger = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (pathname === "/parley-token") return new Response(await tokenOf("host-1"));
      return new Response(Bun.file(`${import.meta.dir}/../examples/host-page.html`));
    },
  });
  const page = await browser.newPage();
  const refused = page.waitForEvent("requestfailed", (request) =>
    request.url().endsWith("/api/v1/account"),
  );
  const words = new URLSearchParams({ parley: server.url, channel });
  await page.goto(`http://127.0.0.1:${stranger.port}/?${words}`);
  await refused;
  expect(await page.locator("#who").innerText()).toBe("nobody");
  await page.close();
});

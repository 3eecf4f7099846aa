/** The first minutes of two people by every way in that is not simply this machine's own address. */
import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { setupLink } from "../../server/auth/setup.ts";
import { type Config, prefixOf } from "../../server/config.ts";
import { findPort } from "../../server/embedded/port.ts";
import { temporaryDirectory } from "../../server/test/directory.ts";
import { startServer, type TestServer } from "../../server/test/start-server.ts";
import { buildClient } from "../build.ts";
import { launchBrowser, testNames } from "./browser.ts";
import { hasNginx, startNginx } from "../../server/test/nginx.ts";
import { meet } from "./first-talk.ts";

setDefaultTimeout(30_000);

const home = temporaryDirectory("parley-edge-");
let browser: Browser;
let port = 0;

beforeAll(async () => {
  // Certificates of these tests are believed.
  browser = await launchBrowser([...testNames, "--ignore-certificate-errors"]);
  port = await findPort("127.0.0.1", 0);
});
afterAll(async () => {
  await browser.close();
  home[Symbol.dispose]();
});

/** A server with the client that is built for its address. */
async function serve(changes: Partial<Config>): Promise<TestServer> {
  const prefix = prefixOf(changes);
  const clientDir = join(home.path, `client${prefix.replaceAll("/", "-")}`);
  await buildClient(clientDir, prefix);
  return await startServer({ changes: { port, clientDir, ...changes } });
}

test("S14: at a plain name, where browsers offer no clipboard, locks or cryptography, two people meet and talk", async () => {
  await using server = await serve({});
  const url = `http://parley.test:${port}`;
  await using met = await meet(browser, url, (await setupLink(server.sql, url))!);
  expect(
    await met.ada.evaluate(() => [
      isSecureContext,
      "clipboard" in navigator,
      "locks" in navigator,
      "randomUUID" in crypto,
      "subtle" in crypto,
    ]),
  ).toEqual([false, false, false, false, false]);
  expect(met.complaints).toEqual([]);
});

test("S14: beneath a path of PUBLIC_URL two people meet and talk, and nothing lies beside it", async () => {
  const publicUrl = `http://parley.test:${port}/tools/chat`;
  await using server = await serve({ publicUrl });
  await using met = await meet(browser, publicUrl, (await setupLink(server.sql, publicUrl))!);
  expect(met.complaints).toEqual([]);

  const { ada } = met;
  const fetched = await ada.evaluate(() =>
    performance.getEntriesByType("resource").map(({ name }) => name),
  );
  expect(fetched.length).toBeGreaterThan(5);
  expect(fetched.filter((url) => !url.startsWith(`${publicUrl}/`))).toEqual([]);
  const links = await ada.evaluate(() =>
    Array.from(document.querySelectorAll("a, use, link"), (each) => each.getAttribute("href")!),
  );
  expect(links.length).toBeGreaterThan(5);
  for (const href of links) expect(new URL(href, publicUrl).href).toStartWith(`${publicUrl}/`);
  const [cookie, ...others] = await ada.context().cookies(`${publicUrl}/api/v1/session/refresh`);
  expect(others).toEqual([]);
  expect(cookie).toMatchObject({ path: "/tools/chat/api/v1/session" });
  expect(await ada.context().cookies(`http://parley.test:${port}/api/v1/session`)).toEqual([]);

  // Past the proxy, or by hand and without the slash: the page goes on by its whole address.
  await ada.goto(`http://parley.test:${port}/c/dm-1-2`);
  await ada.waitForURL(`${publicUrl}/c/dm-1-2`);
  await ada.goto(publicUrl);
  await ada.waitForURL(`${publicUrl}/`);
  await ada.getByRole("link", { name: /Grace Hopper/ }).waitFor();

  await ada.goto(`${publicUrl}/docs`);
  const operation = ada.locator("#operations-default-getInstance");
  await operation.getByRole("button").first().click();
  await operation.getByRole("button", { name: "Try it out" }).click();
  const tried = ada.waitForResponse(`${publicUrl}/api/v1/instance`);
  await operation.getByRole("button", { name: "Execute" }).click();
  expect((await tried).status()).toBe(200);
});

test.skipIf(!hasNginx)(
  "D7 S14 U16: behind nginx, which ends TLS and takes the path away, two people meet and talk",
  async () => {
    await using nginx = await startNginx(port, "/chat");
    const publicUrl = `https://parley.test:${nginx.httpsPort}/chat`;
    await using server = await serve({ publicUrl, trustedProxies: ["127.0.0.1"] });
    await using met = await meet(browser, publicUrl, (await setupLink(server.sql, publicUrl))!);
    expect(met.complaints).toEqual([]);
    const opened = met.ada.waitForEvent("websocket");
    await met.ada.reload();
    expect((await opened).url()).toBe(`${publicUrl.replace("https", "wss")}/ws`);
    const [cookie] = await met.ada.context().cookies(`${publicUrl}/api/v1/session`);
    expect(cookie).toMatchObject({ secure: true, path: "/chat/api/v1/session" });
  },
);

import { expect, setDefaultTimeout, test } from "bun:test";
import { startServer } from "../../server/test/start-server.ts";
import { launchBrowser } from "./browser.ts";

setDefaultTimeout(30_000);

test("B34 D18: the interface can be read and tried in a browser, from this server alone and with an empty console", async () => {
  await using server = await startServer();
  await using browser = await launchBrowser();
  const page = await browser.newPage();
  const said: string[] = [];
  const asked = new Set<string>();
  page.on("console", (line) => said.push(`${line.type()}: ${line.text()}`));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => {
    if (!request.url().startsWith("data:")) asked.add(new URL(request.url()).origin);
  });
  await page.goto(`${server.url}/docs`);
  await page.getByText("/api/v1/channels/{channel}/messages", { exact: true }).first().waitFor();
  await page.locator("#operations-default-sendMessage").getByRole("button").first().click();
  await page.getByText("It is committed").waitFor();
  expect([...asked]).toEqual([new URL(server.url).origin]);
  expect(said).toEqual([]);
});

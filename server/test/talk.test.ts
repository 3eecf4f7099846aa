import { expect, test } from "bun:test";

import { people } from "./people.ts";
import { startServer } from "./start-server.ts";
import { dial, talk } from "./talk.ts";

test("M1: what Ada says reaches Grace once and in order, and herself too", async () => {
  await using server = await startServer();
  await using ada = await talk(server, people.ada, "lobby");
  await using grace = await talk(server, people.grace, "lobby");
  const first = await ada.says("one");
  const second = await ada.says("two");
  expect(await grace.hears(2)).toEqual(["one", "two"]);
  expect(grace.heard.map(({ entity }) => entity)).toEqual([first, second]);
  await ada.says("three");
  expect(await grace.hears(1)).toEqual(["three"]);
  expect(ada.heard).toEqual([]);
});

test("a socket that the server ends fails whoever waits on it, and says why", async () => {
  await using server = await startServer();
  await using stranger = await dial(server);
  const waiting: Promise<unknown> = stranger.next("caughtUp");
  stranger.sendBytes(new Uint8Array([0xc1]));
  expect(await waiting.catch(String)).toContain("4000");
  expect(await stranger.closed).toMatchObject({ code: 4000, reason: "protocol_error" });
});

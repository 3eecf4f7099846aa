import { expect, test } from "bun:test";
import { testDatabase } from "./database.ts";
import { people } from "./people.ts";
import { startProxy } from "./proxy.ts";
import { startServer } from "./start-server.ts";
import { talk } from "./talk.ts";

test("T4: typing is known per person and channel, and needs no database: it is seen while that answers nothing", async () => {
  await using database = await testDatabase();
  using network = startProxy(database.url);
  await using server = await startServer({
    database,
    changes: { databaseUrl: network.through(database.url) },
  });
  const ada = await server.signIn(people.ada);
  await using grace = await talk(server, people.grace, ada);
  await using me = await talk(server, ada, people.grace);
  await using elsewhere = await talk(server, people.linus, ada);
  const { channel } = grace;
  network.freeze();
  await me.gets("done", { op: "typing", channel, typing: true });
  expect(await grace.next("typingChanged")).toMatchObject({ channel, user: ada.id, typing: true });
  await me.gets("done", { op: "typing", channel, typing: false });
  expect(await grace.next("typingChanged")).toMatchObject({ channel, user: ada.id, typing: false });
  await elsewhere.gets("pong", { op: "ping" });
  expect(elsewhere.answers.filter(({ op }) => op === "typingChanged")).toEqual([]);
  network.thaw();
});

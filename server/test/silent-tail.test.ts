import { expect, test } from "bun:test";
import { deliveryLimits } from "../fanout/deliver.ts";
import { insertMessages } from "../store/insert-messages.ts";
import { draftOf } from "./channels.ts";
import { joinGroup } from "./group.ts";
import { HandClock } from "./hand-clock.ts";
import { people } from "./people.ts";
import { startServer } from "./start-server.ts";
import { talk } from "./talk.ts";

test("W5: a last message that nobody announced, and of which nobody tells, arrives within half a minute", async () => {
  const clock = new HandClock();
  await using server = await startServer({ clock });
  const ada = await server.signIn(people.ada);
  const grace = await server.signIn(people.grace);
  const lobby = await joinGroup(server.sql, "lobby", ada.id);
  await joinGroup(server.sql, "lobby", grace.id);
  await using reader = await talk(server, grace, "lobby");
  // As a worker that stored it while it was cut off from the others, and died before it was back.
  await insertMessages(server.sql, [draftOf(lobby, ada.id, { body: "a silent tail" })], [0]);
  clock.pass(deliveryLimits.compareMs);
  expect(await reader.hears(1)).toEqual(["a silent tail"]);
});

/** The long form of the network that is cut: what a train's tunnel does. */
import { expect, setDefaultTimeout, test } from "bun:test";
import { pause } from "#lib/wait.ts";
import { people } from "../../server/test/people.ts";
import { barSays, talkThrough } from "./conversation.ts";
import { Stage } from "./stage.ts";

const cutMs = 30_000;

setDefaultTimeout(180_000);

test("E12 U10: after 30 s without a network both come back, with everything once and in one order", async () => {
  await using stage = await Stage.open();
  await stage.invite(people.grace);
  const ada = await stage.device(people.ada);
  const grace = await stage.device(people.grace);
  await grace.page.goto(`${stage.url}/people`);
  await grace.page.getByRole("button", { name: /Ada Lovelace/ }).click();
  await ada.page.getByRole("link", { name: /Grace Hopper/ }).click();
  await grace.page.waitForURL(/\/c\/dm-/);
  // What is said while a channel loads is shown when it has loaded.
  await ada.page.getByText("Nothing was said here yet.").waitFor();
  await talkThrough({
    name: "tunnel",
    ada: ada.page,
    grace: grace.page,
    broken: async () => {
      stage.network.refuse();
      await barSays(ada.page, /^Reconnecting in \d+ s/);
    },
    mended: async () => {
      await pause(cutMs);
      stage.network.accept();
      await barSays(ada.page, /^Connected$/);
    },
  });
  expect([...ada.complaints, ...grace.complaints]).toEqual([]);
});

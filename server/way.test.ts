import { expect, test } from "bun:test";
import { join } from "node:path";

/** The way of a message: eight words, and where each is defined. The README and the decisions use the same. */
const way = [
  ["receive", "server/session/receive.ts"],
  ["decodeCommand", "server/wire/codec.ts"],
  ["sendMessage", "server/chat/send-message.ts"],
  ["add", "server/store/batch.ts"],
  ["insertMessages", "server/store/insert-messages.ts"],
  ["announce", "server/fanout/deliver.ts"],
  ["deliver", "server/fanout/deliver.ts"],
  ["applyEvent", "client/store/channel.ts"],
] as const;

const root = join(import.meta.dir, "..");

test.each(way)("%s is a function of %s, found by its name", async (word, path) => {
  const text = await Bun.file(join(root, path)).text();
  expect(text).toMatch(
    new RegExp(`^(export )?(async )?(function ${word}|  (async )?${word})\\(`, "m"),
  );
});

test("the README tells the way in these words", async () => {
  const readme = await Bun.file(join(root, "README.md")).text();
  const words = way.map(([word]) => (word === "add" ? "batch.add" : word));
  expect(readme).toContain(words.join(" → "));
});

/** Plans and times at a million messages: `npm run verify plans`. */
import { test } from "bun:test";
import { testDatabase } from "../test/database.ts";
import { expectLookUps, fillDatabase } from "../test/plan-claims.ts";

test("at a million messages every statement of the hot paths still looks up", async () => {
  await using database = await testDatabase();
  const filled = await fillDatabase(database, { channels: 200, messagesEach: 5_000 });
  const medians = await expectLookUps(database, filled);
  process.stdout.write(
    `${Object.entries(medians)
      .map(([name, ms]) => `${name.padEnd(24)} ${ms.toFixed(2).padStart(8)} ms`)
      .join("\n")}\n`,
  );
}, 300_000);

/** A hundred thousand drafts through storms of every kind: `npm run verify batch`. */
import { expect, test } from "bun:test";
import fc from "fast-check";
import { scheduleOf, weatherStorm } from "../test/batch-storm.ts";
import { testDatabase } from "../test/database.ts";
import { startProxy } from "../test/proxy.ts";

test("M26, W4: of a hundred thousand drafts every one has one fate and each channel its order", async () => {
  const draftsMin = 100_000;
  let drafts = 0;
  let stored = 0;
  while (drafts < draftsMin) {
    await using database = await testDatabase();
    using proxy = startProxy(database.url);
    await fc.assert(
      fc.asyncProperty(scheduleOf({ min: 200, max: 400, draftsMax: 50 }), async (steps) => {
        const storm = await weatherStorm(database, proxy, steps);
        drafts += storm.drafts;
        stored += storm.stored;
      }),
      { numRuns: 2, endOnFailure: true },
    );
  }
  process.stdout.write(`${drafts} drafts, ${stored} of them stored\n`);
  expect(stored).toBeGreaterThan(drafts / 3);
}, 1_200_000);

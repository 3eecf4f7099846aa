import { expect, test } from "bun:test";
import fc from "fast-check";
import { testDatabase } from "../test/database.ts";

test("S12: arrays reach PostgreSQL and come back as they were, whatever is in them", async () => {
  await using database = await testDatabase();
  const text = fc
    .oneof(
      fc.constantFrom("", "NULL", "null", "{}", "a,b", '"', "\\", '\\"', "\n", "'; select 1; --"),
      fc.string({ unit: "grapheme" }),
    )
    .filter((each) => !each.includes("\0"));
  const arrays = fc.record({
    texts: fc.array(fc.option(text)),
    bigints: fc.array(fc.option(fc.maxSafeInteger())),
    ints: fc.array(fc.integer()),
    uuids: fc.array(fc.uuid()),
  });
  await fc.assert(
    fc.asyncProperty(arrays, async (given) => {
      const [row] = await database.sql`
        select ${given.texts}::text[] as texts, ${given.bigints}::bigint[] as bigints,
               ${given.ints}::int[] as ints, ${given.uuids}::uuid[] as uuids`;
      expect({ ...row }).toEqual(given);
    }),
    { numRuns: 100 },
  );
});

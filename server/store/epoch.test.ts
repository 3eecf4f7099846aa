import { expect, test } from "bun:test";
import { testDatabase } from "../test/database.ts";
import { startProxy } from "../test/proxy.ts";
import { openDatabase } from "./database.ts";
import { EpochWatch } from "./epoch.ts";

test("W2: behind a lost connection another history is found, however long the database is away; the same one is no news", async () => {
  await using database = await testDatabase();
  using proxy = startProxy(database.url);
  const watch = new EpochWatch();
  let changed = Promise.withResolvers<void>();
  let changes = 0;
  const sql = openDatabase({
    url: proxy.through(database.url),
    max: 3,
    closed: () => void watch.check(),
  });
  await watch.start(sql, () => {
    changes++;
    changed.resolve();
  });
  const first = watch.current;
  expect(first).toMatch(/^[0-9a-f]{16}$/);

  proxy.reset();
  await watch.check();
  expect(changes).toBe(0);

  for (const round of [1, 2]) {
    changed = Promise.withResolvers();
    await Promise.all([sql`select 1`, sql`select 2`, sql`select 3`]);
    proxy.refuse();
    await database.sql`update instance set restores = restores + 1`;
    proxy.accept();
    await changed.promise;
    expect(changes).toBe(round);
  }
  expect(watch.current).not.toBe(first);
  watch.stop();
  await sql.end({ timeout: 1 });
});

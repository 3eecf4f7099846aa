import { expect, test } from "bun:test";
import { findWithin } from "#lib/wait.ts";
import { entryLimits } from "../auth/entries.ts";
import { readConfig } from "../config.ts";
import { redisProgram, TestRedis } from "../test/redis.ts";
import { openLimits } from "./open-limits.ts";

test.skipIf(redisProgram === undefined)(
  "S8: what workers count together is counted on their Redis; while it is frozen nobody waits for it",
  async () => {
    await using redis = await TestRedis.start();
    const config = { ...readConfig({}), redisUrl: redis.url };
    const [one, other] = [openLimits(config, Date.now), openLimits(config, Date.now)];
    for (const [at, { entries }] of [one, other].entries()) {
      const isCounted = async (): Promise<true | undefined> => {
        await entries.ticket(`warm-${at}`);
        const found = await redis.ask("exists", `attempts:ticketsBySession:warm-${at}`);
        return found === 1 ? true : undefined;
      };
      expect(await findWithin(5_000, isCounted)).toBe(true);
    }
    for (let made = 0; made < entryLimits.ticketsBySession.points; made++) {
      expect(await (made % 2 === 0 ? one : other).entries.ticket("hers")).toBe(0);
    }
    expect(await one.entries.ticket("hers")).toBeGreaterThan(0);
    expect(await other.entries.ticket("hers")).toBeGreaterThan(0);

    redis.freeze();
    const askedAt = performance.now();
    expect(await one.entries.ticket("another")).toBe(0);
    expect(performance.now() - askedAt).toBeLessThan(2_000);
    redis.thaw();
    for (const limiting of [one, other]) limiting.close();
  },
);

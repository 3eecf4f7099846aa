import { expect, test } from "bun:test";
import { watchLargeChannel } from "../test/large-channel.ts";
import { redisProgram } from "../test/redis.ts";

const onRedis = test.skipIf(redisProgram === undefined);

onRedis(
  "W9 P10 X5 X12: of a large channel a thousand come and go in a second, and another worker sees it within 2 s and counts right",
  async () => {
    const seen = await watchLargeChannel({ members: 4_000, perSecond: 1_000, seconds: 1 });
    expect(seen.changes).toBe(1_000);
    expect(seen.counts).toEqual(seen.truth);
    expect(seen.truth[1]).toBe(1_000);
    expect(seen.inTime).toBeGreaterThanOrEqual(0.99);
  },
);

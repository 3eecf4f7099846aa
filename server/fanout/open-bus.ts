import type { Clock } from "#lib/clock.ts";
import { log } from "../observe/log.ts";
import type { Bus, BusEars } from "./bus.ts";
import { parseRedisUrl } from "../redis-address.ts";
import { ClusterBus } from "./cluster-bus.ts";
import { MemoryHub } from "./memory-bus.ts";
import { RedisBus } from "./redis-bus.ts";

interface Options {
  /** Without one there is one process, and the bus is its own memory. */
  readonly redisUrl: string | undefined;
  readonly receive: BusEars["receive"];
  /** It was away and is back, or is away from now on: whatever was announced meanwhile has to be looked for. */
  readonly doubted: () => void;
  readonly clock: Pick<Clock, "every">;
}

/** The bus of this worker, which says in the log when it comes and goes. */
export function openBus({ redisUrl, receive, doubted, clock }: Options): Bus {
  if (redisUrl === undefined)
    return new MemoryHub().connect((topic, bytes) => receive(topic, bytes));

  let wasAway = false;
  const Kind = parseRedisUrl(redisUrl)?.kind === "cluster" ? ClusterBus : RedisBus;
  return new Kind({
    redisUrl,
    clock,
    ears: {
      receive,
      changed: (isHealthy, why) => {
        if (isHealthy && wasAway) log.info("Redis is back");
        wasAway = !isHealthy;
        if (wasAway) log.warn("Redis is away: what others write is read from PostgreSQL", { why });
        doubted();
      },
    },
  });
}

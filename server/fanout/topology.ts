import calculateSlot from "cluster-key-slot";
import type { Redis } from "ioredis";
import type { Clock } from "#lib/clock.ts";
import { type HostAndPort, parseRedisUrl } from "../redis-address.ts";
import { connectServer } from "./redis.ts";
import { partitionTags } from "./topic.ts";

export const topologyLimits = {
  /** How often it is asked who holds what, besides whenever somebody was sent away. */
  everyMs: 2_000,
  answerMsMax: 1_000,
} as const;

/** For each partition the server that holds it; undefined where none does. */
export type Homes = readonly (HostAndPort | undefined)[];

const slots = partitionTags.map((tag) => calculateSlot(tag));

type Range = readonly [from: number, to: number, primary: readonly [host: string, port: number]];

/** Knows which server of a cluster holds which partition, by asking any of them from time to time. */
export class Topology {
  readonly #redisUrl: string;
  readonly #found: (homes: Homes) => void;
  readonly #stop: () => void;
  /** Whom to ask: the one that answered last, then everybody who was ever heard of. */
  #servers: HostAndPort[];
  #asked: { readonly server: HostAndPort; readonly redis: Redis } | undefined;
  #isLooking = false;
  #isClosed = false;

  constructor({
    redisUrl,
    clock,
    found,
  }: {
    redisUrl: string;
    clock: Pick<Clock, "every">;
    found: (homes: Homes) => void;
  }) {
    const address = parseRedisUrl(redisUrl);
    if (address?.kind !== "cluster") throw new Error("REDIS_URL does not name a cluster");
    this.#redisUrl = redisUrl;
    this.#found = found;
    this.#servers = [...address.servers];
    this.#stop = clock.every(topologyLimits.everyMs, () => void this.look());
    void this.look();
  }

  /** Asks one server after the other until one answers. Never rejects. */
  async look(): Promise<void> {
    if (this.#isLooking || this.#isClosed) return;

    this.#isLooking = true;
    for (const server of [...this.#servers]) {
      const ranges = await this.#ask(server);
      if (this.#isClosed) break;
      if (!ranges) continue;
      const primaries = ranges.map(([, , [host, port]]) => ({ host: host || server.host, port }));
      this.#remember([server, ...primaries]);
      this.#found(
        slots.map(
          (slot) => primaries[ranges.findIndex(([from, to]) => from <= slot && slot <= to)],
        ),
      );
      break;
    }
    this.#isLooking = false;
  }

  close(): void {
    this.#isClosed = true;
    this.#stop();
    this.#asked?.redis.disconnect();
  }

  async #ask(server: HostAndPort): Promise<readonly Range[] | undefined> {
    if (this.#asked?.server !== server) {
      this.#asked?.redis.disconnect();
      const { answerMsMax } = topologyLimits;
      this.#asked = { server, redis: connectServer(this.#redisUrl, server, { answerMsMax }) };
    }
    const { redis } = this.#asked;
    try {
      if (redis.status !== "ready") await readyOf(redis);
      return (await redis.cluster("SLOTS")) as unknown as Range[];
    } catch {
      redis.disconnect();
      this.#asked = undefined;
      return undefined;
    }
  }

  #remember(first: readonly HostAndPort[]): void {
    const all = new Map<string, HostAndPort>();
    for (const server of [...first, ...this.#servers]) {
      const key = `${server.host}:${server.port}`;
      if (!all.has(key)) all.set(key, server);
    }
    this.#servers = [...all.values()];
  }
}

function readyOf(redis: Redis): Promise<void> {
  return new Promise((resolve, reject) => {
    redis.once("ready", resolve);
    redis.once("close", () => reject(new Error("it closes the connection")));
  });
}

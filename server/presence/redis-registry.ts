import { randomBytes } from "node:crypto";
import type { UserId } from "#wire/ids.ts";
import type { Clock } from "#lib/clock.ts";
import { within } from "#lib/wait.ts";
import { connectRedis } from "../fanout/redis.ts";
import { log } from "../observe/log.ts";
import { parseRedisUrl } from "../redis-address.ts";
import { graceMs } from "./presence.ts";
import type { Registry } from "./registry.ts";

export const leaseLimits = {
  /** A worker that says nothing for so long is dead, or its Redis was away. */
  leaseMs: 6_000,
  /** Renewed three times within a lease; the other workers' are looked at as often. */
  renewMs: 2_000,
  /** After a lease ended its people may come back on other workers: they are given as long as those who left by themselves. */
  graceMs,
} as const;

/** Users are spread over so many shards: their keys lie together, and apart from those of the others. */
const shards = 64;
/** Users that one script is given. */
const usersPerCallMax = 1_000;
const quitMsMax = 500;
/** A list of people is not kept waiting by a Redis that stands still. */
const answerMsMax = 1_500;
/** People of whom it is remembered what was heard last, for while Redis is away. */
const rememberedMax = 50_000;

/**
 * KEYS: the worker's users, how many workers have a user, who is here. ARGV: users, or none for all of the worker's.
 * Each answers whose state changed: who was nowhere before, or is nowhere now.
 */
const scripts = {
  arrived: `
    local news = {}
    for _, user in ipairs(ARGV) do
      if redis.call("SADD", KEYS[1], user) == 1 and redis.call("HINCRBY", KEYS[2], user, 1) == 1 then
        redis.call("ZADD", KEYS[3], user, user)
        news[#news + 1] = user
      end
    end
    return news`,
  left: `
    local news = {}
    local users = #ARGV > 0 and ARGV or redis.call("SMEMBERS", KEYS[1])
    for _, user in ipairs(users) do
      if redis.call("SREM", KEYS[1], user) == 1 and redis.call("HINCRBY", KEYS[2], user, -1) < 1 then
        redis.call("HDEL", KEYS[2], user)
        redis.call("ZREM", KEYS[3], user)
        news[#news + 1] = user
      end
    end
    return news`,
} as const;

export interface RedisRegistryParts {
  readonly redisUrl: string;
  /** Whom this worker has now. */
  mine(): readonly UserId[];
  isMine(user: UserId): boolean;
  /** Somebody whose worker died is nowhere, or was found to be gone while Redis was away. */
  gone(users: readonly UserId[]): void;
  /** Somebody of this worker's is told anew to a Redis that did not know them. */
  came(users: readonly UserId[]): void;
  /** Redis was away: what was told meanwhile was not heard everywhere. */
  restored(): void;
  readonly clock: Pick<Clock, "every">;
  readonly limits?: { readonly [Name in keyof typeof leaseLimits]: number };
}

/**
 * Who is here, in a Redis: each worker holds a lease and its users under its own name, so that a heartbeat costs per worker and not per person.
 *
 * A worker whose lease is gone (it stood still, or Redis came back empty) takes a new name and tells all of its users anew. Whose lease is gone
 * for good is taken apart by whoever notices first, after the grace: longer than two leases, so that after a break of Redis all are back before.
 */
export class RedisRegistry implements Registry {
  readonly #parts: RedisRegistryParts;
  readonly #limits: { readonly [Name in keyof typeof leaseLimits]: number };
  readonly #redis: ReturnType<typeof connectRedis>;
  /** Over the servers of a cluster. */
  readonly #isSpread: boolean;
  readonly #stop: () => void;
  /** A name per lease: what was written under an earlier one is taken apart. */
  #name = nameAnew();
  /** Names that may still have people, from leases that were lost. */
  readonly #old = new Set<string>();
  #isEntering = false;
  #isEntered = false;
  /** Until then whoever is here was told as new already. */
  #hasBeenEntered = false;
  /** Since when the lease of another is missed. */
  readonly #missed = new Map<string, number>();
  /** What was heard last of people, the longest ago first. */
  readonly #remembered = new Map<UserId, boolean>();
  #isRenewing = false;
  #isClosed = false;

  constructor(parts: RedisRegistryParts) {
    this.#parts = parts;
    this.#limits = parts.limits ?? leaseLimits;
    this.#isSpread = parseRedisUrl(parts.redisUrl)?.kind === "cluster";
    this.#redis = connectRedis(parts.redisUrl, { isPipelined: true, answerMsMax });
    this.#redis.on("ready", () => void this.#enter());
    // Whoever was missed before a break is missed anew: all have lost their Redis, and come back one after the other.
    this.#redis.on("close", () => this.#missed.clear());
    this.#stop = parts.clock.every(this.#limits.renewMs, () => void this.#renew());
  }

  async arrived(user: UserId): Promise<boolean> {
    return await this.#tell("arrived", user);
  }

  async left(user: UserId): Promise<boolean> {
    return await this.#tell("left", user);
  }

  async here(users: readonly UserId[]): Promise<ReadonlySet<UserId>> {
    try {
      const counts = await Promise.all(
        byShard(users).map(async ([shard, some]) => {
          const found = await this.#redis.hmget(countsOf(shard), ...some.map(String));
          return some.map((user, at) => [user, found[at] !== null] as const);
        }),
      );
      for (const [user, isHere] of counts.flat()) this.#remember(user, isHere);
    } catch {
      // Away: what was heard last counts.
    }
    return new Set(
      users.filter((user) => this.#parts.isMine(user) || this.#remembered.get(user) === true),
    );
  }

  async online(after: number, countMax: number): Promise<readonly UserId[]> {
    const pages = await Promise.all(
      Array.from({ length: shards }, (_, shard) =>
        this.#redis.zrangebyscore(hereOf(shard), `(${after}`, "+inf", "LIMIT", 0, countMax),
      ),
    ).catch(() => [this.#parts.mine().filter((user) => user > after)]);
    return pages
      .flat()
      .map((user) => Number(user) as UserId)
      .sort((one, other) => one - other)
      .slice(0, countMax);
  }

  /** Somebody was told to have come or gone, by whichever worker. */
  heard(user: UserId, isHere: boolean): void {
    this.#remember(user, isHere);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stop();
    await within(quitMsMax, this.#redis.del(leaseOf(this.#name))).catch(() => undefined);
    this.#redis.disconnect();
  }

  async #tell(what: keyof typeof scripts, user: UserId): Promise<boolean> {
    this.#remember(user, what === "arrived");
    try {
      return (await this.#call(what, this.#name, user % shards, [user])).length > 0;
    } catch {
      return true; // Away: those who are reached are told, and Redis when it is back.
    }
  }

  async #call(
    what: keyof typeof scripts,
    name: string,
    shard: number,
    users: readonly UserId[],
  ): Promise<UserId[]> {
    const keys = [usersOf(shard, name), countsOf(shard), hereOf(shard)];
    const news = await this.#redis.eval(scripts[what], keys.length, ...keys, ...users);
    return (news as string[]).map((user) => Number(user) as UserId);
  }

  /** A new name with everybody who is here; then the old ones are taken apart, and with them who left while Redis was away. */
  async #enter(): Promise<void> {
    if (this.#isEntering) return;

    this.#isEntering = true;
    this.#isEntered = false;
    this.#old.add(this.#name);
    this.#name = nameAnew();
    try {
      // All of it is written before anything is awaited: whoever comes or goes next is told after it.
      const came = await this.#tellAll(this.#name);
      if (this.#hasBeenEntered) this.#parts.came(came);
      const gone = await Promise.all([...this.#old].map((name) => this.#takeApart(name)));
      this.#old.clear();
      this.#isEntered = true;
      if (this.#hasBeenEntered) {
        this.#parts.gone(gone.flat());
        this.#parts.restored();
      }
      this.#hasBeenEntered = true;
    } catch (error) {
      log.warn("Redis could not be told who is here; it is told again", { error });
    }
    this.#isEntering = false;
  }

  async #tellAll(name: string): Promise<UserId[]> {
    const { leaseMs } = this.#limits;
    const lease = this.#redis.set(leaseOf(name), "", "PX", leaseMs);
    const listed = this.#redis.sadd(workersKey, name);
    const told = byShard(this.#parts.mine()).flatMap(([shard, users]) =>
      partsOf(users).map((part) => this.#call("arrived", name, shard, part)),
    );
    const [came] = await Promise.all([Promise.all(told), lease, listed]);
    return came.flat();
  }

  /** Nobody is under this name any more. Resolves to those who are nowhere now. */
  async #takeApart(name: string): Promise<UserId[]> {
    const gone = await Promise.all(
      Array.from({ length: shards }, (_, shard) => this.#call("left", name, shard, [])),
    );
    await Promise.all([this.#redis.srem(workersKey, name), this.#redis.del(leaseOf(name))]);
    return gone.flat();
  }

  async #renew(): Promise<void> {
    if (this.#isRenewing || this.#isClosed || this.#redis.status !== "ready") return;

    this.#isRenewing = true;
    try {
      const isHeld = await this.#redis.pexpire(leaseOf(this.#name), this.#limits.leaseMs);
      if (isHeld === 0 || !this.#isEntered || !(await this.#isWhole())) await this.#enter();
      await this.#lookForDead();
    } catch (error) {
      log.debug("the lease could not be renewed", { error });
    }
    this.#isRenewing = false;
  }

  /** A server of a cluster may come back empty alone: the lease lies on another one. */
  async #isWhole(): Promise<boolean> {
    if (!this.#isSpread) return true;
    const shardsMine = new Set(this.#parts.mine().map((user) => user % shards));
    const held = await Promise.all(
      [...shardsMine].map((shard) => this.#redis.exists(usersOf(shard, this.#name))),
    );
    return !held.includes(0);
  }

  async #lookForDead(): Promise<void> {
    const names = (await this.#redis.smembers(workersKey)).filter((name) => name !== this.#name);
    const leases = await Promise.all(names.map((name) => this.#redis.exists(leaseOf(name))));
    const nowMs = performance.now();
    for (const name of this.#missed.keys()) if (!names.includes(name)) this.#missed.delete(name);
    for (const [at, name] of names.entries()) {
      if (leases[at] === 1) this.#missed.delete(name);
      else if (!this.#missed.has(name)) this.#missed.set(name, nowMs);
      else if (nowMs - this.#missed.get(name)! >= this.#limits.graceMs) {
        this.#missed.delete(name);
        const gone = await this.#takeApart(name);
        log.info("a worker was gone without a word", { people: gone.length });
        this.#parts.gone(gone);
      }
    }
  }

  #remember(user: UserId, isHere: boolean): void {
    this.#remembered.delete(user);
    this.#remembered.set(user, isHere);
    if (this.#remembered.size <= rememberedMax) return;
    const [oldest] = this.#remembered.keys();
    this.#remembered.delete(oldest!);
  }
}

const workersKey = "presence:workers";
const nameAnew = (): string => randomBytes(8).toString("hex");
const leaseOf = (name: string): string => `presence:lease:${name}`;
const tagOf = (shard: number): string => `{u${String(shard).padStart(2, "0")}}`;
const usersOf = (shard: number, name: string): string => `${tagOf(shard)}:of:${name}`;
const countsOf = (shard: number): string => `${tagOf(shard)}:counts`;
const hereOf = (shard: number): string => `${tagOf(shard)}:here`;

function byShard(users: readonly UserId[]): [number, UserId[]][] {
  return [...Map.groupBy(users, (user) => user % shards)];
}

function partsOf(users: readonly UserId[]): UserId[][] {
  return Array.from({ length: Math.ceil(users.length / usersPerCallMax) }, (_, at) =>
    users.slice(at * usersPerCallMax, (at + 1) * usersPerCallMax),
  );
}

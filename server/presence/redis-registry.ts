import { randomBytes } from "node:crypto";
import type { UserId } from "#wire/ids.ts";
import type { Clock } from "#lib/clock.ts";
import { Recent } from "#lib/recent.ts";
import { within } from "#lib/wait.ts";
import { connectRedis } from "../fanout/redis.ts";
import { log } from "../observe/log.ts";
import { parseRedisUrl } from "../redis-address.ts";
import { graceMs } from "./presence.ts";
import type { PresenceState, Registry } from "./registry.ts";

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
/** People of whom it is remembered what was heard last, for while Redis is away and to notice what was not heard. */
const rememberedMax = 200_000;

/**
 * KEYS: how the worker's users are seen there, how many workers have a user, how many of these see them here rather than away, who is here.
 * ARGV: a user and how they are seen now, and so on; or nothing: then the worker has nobody any more. Answers in the same way with those who are seen
 * otherwise than before on the whole.
 */
const script = `
  local function seen(user)
    if redis.call("HEXISTS", KEYS[2], user) == 0 then return "offline" end
    if redis.call("HEXISTS", KEYS[3], user) == 0 then return "away" end
    return "here"
  end
  local function count(key, user, by)
    local left = redis.call("HINCRBY", key, user, by)
    if left < 1 then redis.call("HDEL", key, user) end
    return left
  end
  local told = ARGV
  if #ARGV == 0 then
    told = {}
    for _, user in ipairs(redis.call("HKEYS", KEYS[1])) do
      told[#told + 1] = user
      told[#told + 1] = "offline"
    end
  end
  local news = {}
  for at = 1, #told, 2 do
    local user, state = told[at], told[at + 1]
    local before = seen(user)
    local held = redis.call("HGET", KEYS[1], user) or "offline"
    if state == "offline" then redis.call("HDEL", KEYS[1], user)
    else redis.call("HSET", KEYS[1], user, state) end
    if held == "offline" and state ~= "offline" then
      count(KEYS[2], user, 1)
      redis.call("ZADD", KEYS[4], user, user)
    elseif held ~= "offline" and state == "offline" and count(KEYS[2], user, -1) < 1 then
      redis.call("ZREM", KEYS[4], user)
    end
    if held ~= "here" and state == "here" then count(KEYS[3], user, 1)
    elseif held == "here" and state ~= "here" then count(KEYS[3], user, -1) end
    local after = seen(user)
    if after ~= before then
      news[#news + 1] = user
      news[#news + 1] = after
    end
  end
  return news`;

/** People, and how they are seen. */
type News = readonly (readonly [UserId, PresenceState])[];

export interface RedisRegistryParts {
  readonly redisUrl: string;
  /** Whom this worker has now. */
  mine(): News;
  /** On this worker alone. */
  stateOf(user: UserId): PresenceState;
  /** People are seen otherwise without their doing: their worker died, or they came or went while Redis was away. */
  changed(news: News): void;
  /** People are seen otherwise than was heard of them last: what was told of that was lost on the way. */
  missed(news: News): void;
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
  /** What was heard last of people. */
  readonly #remembered = new Recent<UserId, PresenceState>(rememberedMax);
  /** As the sockets here know them: what was heard last, else what was read first. */
  readonly #heard = new Recent<UserId, PresenceState>(rememberedMax);
  /** Those who were seen otherwise when they were compared last. */
  readonly #suspects = new Map<UserId, PresenceState>();
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

  async set(user: UserId, state: PresenceState): Promise<PresenceState | undefined> {
    try {
      const [news] = await this.#call(this.#name, user % shards, [[user, state]]);
      if (news) this.#remembered.set(...news);
      return news?.[1];
    } catch {
      this.#remembered.set(user, state);
      return state; // Away: those who are reached are told, and Redis when it is back.
    }
  }

  async here(users: readonly UserId[]): Promise<ReadonlyMap<UserId, PresenceState>> {
    const told = new Map<UserId, PresenceState>();
    try {
      const found = await Promise.all(
        byShard(users, (user) => user).map(([shard, some]) => this.#ask(shard, some)),
      );
      for (const [user, state] of found.flat()) {
        told.set(user, state);
        this.#remembered.set(user, state);
        if (this.#heard.get(user) === undefined) this.#heard.set(user, state);
      }
    } catch {
      // Away: what was heard last counts.
    }
    return new Map(
      users.flatMap((user): News => {
        const own = this.#parts.stateOf(user);
        const known = told.get(user) ?? this.#remembered.get(user) ?? "offline";
        const state = own === "here" || known === "offline" ? own : known;
        return state === "offline" ? [] : [[user, state]];
      }),
    );
  }

  async online(after: number, countMax: number): Promise<readonly UserId[]> {
    const pages = await Promise.all(
      Array.from({ length: shards }, (_, shard) =>
        this.#redis.zrangebyscore(hereOf(shard), `(${after}`, "+inf", "LIMIT", 0, countMax),
      ),
    ).catch(() => [this.#parts.mine().flatMap(([user]) => (user > after ? [user] : []))]);
    return pages
      .flat()
      .map((user) => Number(user) as UserId)
      .sort((one, other) => one - other)
      .slice(0, countMax);
  }

  /** Somebody was told to be seen so, by whichever worker. */
  heard(user: UserId, state: PresenceState): void {
    this.#remembered.set(user, state);
    this.#heard.set(user, state);
    this.#suspects.delete(user);
  }

  async compare(users: readonly UserId[]): Promise<void> {
    const asked = byShard(users, (user) => user).map(([shard, some]) => this.#ask(shard, some));
    const found = await Promise.all(asked).catch(() => []); // Away: there is nothing to compare with.
    const missed = found.flat().filter(([user, state]) => this.#isMissed(user, state));
    if (missed.length > 0) this.#parts.missed(missed);
  }

  /** Twice in a row seen so, and nothing heard of it: what is told next may only be on its way. */
  #isMissed(user: UserId, state: PresenceState): boolean {
    const heard = this.#heard.get(user);
    const isMissed = heard !== state && this.#suspects.get(user) === state;
    if (heard === undefined || isMissed) this.#heard.set(user, state);
    if (heard === undefined || heard === state || isMissed) this.#suspects.delete(user);
    else this.#suspects.set(user, state);
    return isMissed;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#stop();
    await within(quitMsMax, this.#redis.del(leaseOf(this.#name))).catch(() => undefined);
    this.#redis.disconnect();
  }

  async #ask(shard: number, users: readonly UserId[]): Promise<News> {
    const texts = users.map(String);
    const [counts, active] = await Promise.all([
      this.#redis.hmget(countsOf(shard), ...texts),
      this.#redis.hmget(activeOf(shard), ...texts),
    ]);
    return users.map((user, at) => [
      user,
      counts[at] === null ? "offline" : active[at] === null ? "away" : "here",
    ]);
  }

  async #call(name: string, shard: number, told: News): Promise<News> {
    const keys = [usersOf(shard, name), countsOf(shard), activeOf(shard), hereOf(shard)];
    const words = (await this.#redis.eval(
      script,
      keys.length,
      ...keys,
      ...told.flat(),
    )) as string[];
    return Array.from({ length: words.length / 2 }, (_, at) => [
      Number(words[at * 2]) as UserId,
      words[at * 2 + 1] as PresenceState,
    ]);
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
      if (this.#hasBeenEntered) this.#parts.changed(came);
      const gone = await Promise.all([...this.#old].map((name) => this.#takeApart(name)));
      this.#old.clear();
      this.#isEntered = true;
      if (this.#hasBeenEntered) {
        this.#parts.changed(gone.flat());
        this.#parts.restored();
      }
      this.#hasBeenEntered = true;
    } catch (error) {
      log.warn("Redis could not be told who is here; it is told again", { error });
    }
    this.#isEntering = false;
  }

  async #tellAll(name: string): Promise<News> {
    const { leaseMs } = this.#limits;
    const lease = this.#redis.set(leaseOf(name), "", "PX", leaseMs);
    const listed = this.#redis.sadd(workersKey, name);
    const told = byShard(this.#parts.mine(), ([user]) => user).flatMap(([shard, some]) =>
      partsOf(some).map((part) => this.#call(name, shard, part)),
    );
    const [came] = await Promise.all([Promise.all(told), lease, listed]);
    return came.flat();
  }

  /** Nobody is under this name any more. Resolves to those who are seen otherwise now. */
  async #takeApart(name: string): Promise<News> {
    const gone = await Promise.all(
      Array.from({ length: shards }, (_, shard) => this.#call(name, shard, [])),
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
    const shardsMine = new Set(this.#parts.mine().map(([user]) => user % shards));
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
        this.#parts.changed(gone);
      }
    }
  }
}

const workersKey = "presence:workers";
const nameAnew = (): string => randomBytes(8).toString("hex");
const leaseOf = (name: string): string => `presence:lease:${name}`;
const tagOf = (shard: number): string => `{u${String(shard).padStart(2, "0")}}`;
const usersOf = (shard: number, name: string): string => `${tagOf(shard)}:seen:${name}`;
const countsOf = (shard: number): string => `${tagOf(shard)}:counts`;
const activeOf = (shard: number): string => `${tagOf(shard)}:active`;
const hereOf = (shard: number): string => `${tagOf(shard)}:here`;

function byShard<T>(all: readonly T[], userOf: (one: T) => UserId): [number, T[]][] {
  return [...Map.groupBy(all, (one) => userOf(one) % shards)];
}

function partsOf<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / usersPerCallMax) }, (_, at) =>
    all.slice(at * usersPerCallMax, (at + 1) * usersPerCallMax),
  );
}

import type { Clock } from "#lib/clock.ts";
import type { HostAndPort } from "../redis-address.ts";
import { type Bus, BusAway, type BusEars } from "./bus.ts";
import { RedisBus } from "./redis-bus.ts";
import { partitionOf } from "./topic.ts";
import { type Homes, Topology } from "./topology.ts";

interface Options {
  readonly redisUrl: string;
  readonly ears: BusEars;
  readonly clock: Pick<Clock, "every">;
}

/** One server's part of the bus. */
interface Member {
  readonly bus: RedisBus;
  readonly probed: number;
}

const keyOf = (home: HostAndPort | undefined): string | undefined =>
  home && `${home.host}:${home.port}`;

/**
 * The bus over the sharded publish and subscribe of a Redis Cluster (Redis 7): for each server that holds partitions a `RedisBus` of those, with
 * its own probe. Where a partition moves, its topics are subscribed at the new server, and the whole is unhealthy until that is acknowledged.
 */
export class ClusterBus implements Bus {
  readonly #options: Options;
  readonly #topology: Topology;
  readonly #members = new Map<string, Member>();
  readonly #topics = new Set<string>();
  /** Of each partition the server that holds it. */
  #homes: readonly (string | undefined)[] = [];
  #isSettled = false;
  #isHealthy: boolean | undefined;
  #trouble = "nobody of the cluster answers";
  #isClosed = false;

  constructor(options: Options) {
    this.#options = options;
    const { redisUrl, clock } = options;
    this.#topology = new Topology({ redisUrl, clock, found: (homes) => void this.#settle(homes) });
  }

  get isHealthy(): boolean {
    return this.#isHealthy === true;
  }

  async publish(topic: string, bytes: Uint8Array): Promise<void> {
    const member = this.#memberOf(topic);
    if (member) return await member.bus.publish(topic, bytes);

    if (this.#topics.has(topic)) this.#options.ears.receive(topic, bytes);
    throw new BusAway();
  }

  async subscribe(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.#topics.add(topic);
    await this.#each(topics, (bus, part) => bus.subscribe(part));
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    for (const topic of topics) this.#topics.delete(topic);
    await this.#each(topics, (bus, part) => bus.unsubscribe(part));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    this.#topology.close();
    await Promise.all([...this.#members.values()].map(({ bus }) => bus.close()));
  }

  #memberOf(topic: string): Member | undefined {
    const home = this.#homes[partitionOf(topic)];
    return home === undefined ? undefined : this.#members.get(home);
  }

  /** Those whose server nobody knows wait for it: until then the bus is unhealthy, and says so. */
  async #each(
    topics: readonly string[],
    ask: (bus: RedisBus, part: readonly string[]) => Promise<void>,
  ): Promise<void> {
    const byMember = Map.groupBy(topics, (topic) => this.#memberOf(topic));
    byMember.delete(undefined);
    await Promise.all([...byMember].map(([member, part]) => ask(member!.bus, part)));
  }

  /** Partitions are where they are said to be, and so are their topics. */
  async #settle(found: Homes): Promise<void> {
    if (this.#isClosed) return;
    const homes = found.map(keyOf);
    const moved = new Set(homes.keys().filter((at) => homes[at] !== this.#homes[at]));
    if (moved.size === 0) return;

    this.#isSettled = false;
    this.#judge("a slot moved");
    const topics = [...this.#topics].filter((topic) => moved.has(partitionOf(topic)));
    const left = this.#each(topics, (bus, part) => bus.unsubscribe(part));
    this.#homes = homes;
    const gone = this.#renewMembers(found);
    await this.#each([...this.#topics], (bus, part) => bus.subscribe(part));
    await Promise.all([left, ...gone.map(({ bus }) => bus.close())]);
    // Another change came meanwhile, and settles by itself.
    if (this.#homes !== homes) return;
    this.#isSettled = true;
    this.#judge(this.#trouble);
  }

  /** A bus for each server that holds something; returns those whose server does not, or not what it was probed by. */
  #renewMembers(found: Homes): Member[] {
    const gone = [...this.#members].filter(([key, { probed }]) => this.#homes[probed] !== key);
    for (const [key] of gone) this.#members.delete(key);
    for (const [partition, key] of this.#homes.entries()) {
      if (key === undefined || this.#members.has(key)) continue;
      this.#members.set(key, { bus: this.#begin(found[partition]!, partition), probed: partition });
    }
    return gone.map(([, member]) => member);
  }

  #begin({ host, port }: HostAndPort, partition: number): RedisBus {
    const { redisUrl, clock, ears } = this.#options;
    return new RedisBus({
      redisUrl,
      clock,
      shard: { host, port, partition },
      ears: {
        receive: (topic, bytes) => ears.receive(topic, bytes),
        changed: (isHealthy, why) => {
          if (!isHealthy) void this.#topology.look();
          this.#judge(`${host}:${port}: ${why}`);
        },
      },
    });
  }

  #judge(trouble: string): void {
    if (this.#isClosed) return;
    const members = [...this.#members.values()];
    const isHealthy =
      this.#isSettled &&
      this.#homes.every((home) => home !== undefined) &&
      members.every(({ bus }) => bus.isHealthy);
    if (!isHealthy) this.#trouble = trouble;
    if (this.#isHealthy === isHealthy) return;

    this.#isHealthy = isHealthy;
    this.#options.ears.changed(isHealthy, trouble);
  }
}

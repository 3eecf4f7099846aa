import { type Bus, BusAway, type BusEars } from "../../fanout/bus.ts";
import { headsTopic, peersTopic } from "../../fanout/topic.ts";
import type { Life, World } from "./world.ts";

/**
 * Of what is said every second a healthy bus loses no more than so many in a row to one worker. A link that loses more is taken for dead
 * by a real one, which says so.
 */
const lostInRowMax = 2;

/** Until a subscription takes effect; always as long, so that they do in the order in which they were asked for. */
const commandMs = 5;

/** A dead link goes unnoticed for so long. */
const unnoticedMs = 1_500;

/** Loses, doubles, delays and reorders what it carries, as the weather is; and goes away from one worker at a time. */
export class HostileHub {
  readonly #world: World;
  readonly #buses = new Set<HostileBus>();

  constructor(world: World) {
    this.#world = world;
  }

  connect(life: Life, ears: BusEars): HostileBus {
    const bus = new HostileBus(this, life, ears);
    this.#buses.add(bus);
    return bus;
  }

  leave(bus: HostileBus): void {
    this.#buses.delete(bus);
  }

  carry(from: HostileBus, topic: string, bytes: Uint8Array): void {
    const { dice, weather } = this.#world;
    for (const bus of this.#buses) {
      if (!bus.listensTo(topic) || bus.loses(from, topic, dice.chance(weather.lost))) continue;
      const times = dice.chance(weather.doubled) ? 2 : 1;
      for (let time = 0; time < times; time++) bus.hearLater(topic, bytes, this.#world.delayMs());
    }
  }
}

export class HostileBus implements Bus {
  readonly #hub: HostileHub;
  readonly #life: Life;
  readonly #ears: BusEars;
  readonly #topics = new Set<string>();
  /** By topic, of each of the others. */
  readonly #lostInRow = {
    [headsTopic]: new Map<Bus, number>(),
    [peersTopic]: new Map<Bus, number>(),
  };
  #isDead = false;
  #sinceMs: number;
  isHealthy = true;

  constructor(hub: HostileHub, life: Life, ears: BusEars) {
    this.#hub = hub;
    this.#life = life;
    this.#ears = ears;
    this.#sinceMs = life.now();
  }

  /** How long others can have heard this worker without a break. */
  get carriesForMs(): number {
    return this.#isDead ? 0 : this.#life.now() - this.#sinceMs;
  }

  listensTo(topic: string): boolean {
    return this.#topics.has(topic) && !this.#isDead;
  }

  loses(from: HostileBus, topic: string, isUnlucky: boolean): boolean {
    if (topic !== headsTopic && topic !== peersTopic) return isUnlucky;
    const lostInRow = this.#lostInRow[topic]!;
    const inRow = lostInRow.get(from) ?? 0;
    const isLost = isUnlucky && inRow < lostInRowMax;
    lostInRow.set(from, isLost ? inRow + 1 : 0);
    return isLost;
  }

  hearLater(topic: string, bytes: Uint8Array, ms: number): void {
    this.#life.after(ms, () => {
      if (this.#topics.has(topic)) this.#ears.receive(topic, bytes);
    });
  }

  async publish(topic: string, bytes: Uint8Array): Promise<void> {
    if (!this.isHealthy) {
      this.hearLater(topic, bytes, 0);
      throw new BusAway();
    }
    if (!this.#isDead) this.#hub.carry(this, topic, bytes);
  }

  async subscribe(topics: readonly string[]): Promise<void> {
    await this.#life.pause(commandMs);
    for (const topic of topics) this.#topics.add(topic);
    await this.#life.pause(1);
  }

  async unsubscribe(topics: readonly string[]): Promise<void> {
    await this.#life.pause(commandMs);
    for (const topic of topics) this.#topics.delete(topic);
    await this.#life.pause(1);
  }

  async close(): Promise<void> {
    this.#hub.leave(this);
  }

  /** The link dies; somewhat later that is noticed, and after `ms` there is another one. */
  goAway(ms: number): void {
    if (this.#isDead) return;

    this.#isDead = true;
    this.#life.after(unnoticedMs, () => this.#change(false));
    this.#life.after(unnoticedMs + ms, () => {
      this.#isDead = false;
      this.#sinceMs = this.#life.now();
      this.#change(true);
    });
  }

  #change(isHealthy: boolean): void {
    this.isHealthy = isHealthy;
    this.#ears.changed(isHealthy, "the simulation says so");
  }
}

import type { Bus } from "./bus.ts";

/** Follows topics of what is ephemeral (typing, pointers, presence) as long as a local socket listens: no numbers, may be dropped. */
export class Relay {
  readonly #bus: Bus;
  readonly #users = new Map<string, number>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** Resolves when the bus has acknowledged; where it rejects, nothing is followed. */
  async follow(topics: readonly string[]): Promise<void> {
    const fresh = topics.filter((topic) => !this.#users.has(topic));
    for (const topic of topics) this.#users.set(topic, (this.#users.get(topic) ?? 0) + 1);
    try {
      if (fresh.length > 0) await this.#bus.subscribe(fresh);
    } catch (error) {
      await this.unfollow(topics);
      throw error;
    }
  }

  async unfollow(topics: readonly string[]): Promise<void> {
    const idle = topics.filter((topic) => {
      const users = this.#users.get(topic) ?? 0;
      if (users > 1) this.#users.set(topic, users - 1);
      else this.#users.delete(topic);
      return users === 1;
    });
    if (idle.length > 0) await this.#bus.unsubscribe(idle);
  }
}

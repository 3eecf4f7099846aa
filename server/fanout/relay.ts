import { log } from "../observe/log.ts";
import type { Bus } from "./bus.ts";

interface Followed {
  users: number;
  /** Resolves when the bus has acknowledged the subscription. */
  readonly ready: Promise<void>;
}

/** Follows topics of what is ephemeral (typing, pointers, presence) as long as a local socket listens: no numbers, may be dropped. */
export class Relay {
  readonly #bus: Bus;
  readonly #topics = new Map<string, Followed>();

  constructor(bus: Bus) {
    this.#bus = bus;
  }

  /** Resolves when the bus has acknowledged, whoever asked it; where it rejects, nothing is followed. */
  async follow(topics: readonly string[]): Promise<void> {
    const fresh = topics.filter((topic) => !this.#topics.has(topic));
    if (fresh.length > 0) {
      const ready = this.#bus.subscribe(fresh);
      // Whoever follows awaits it; a failure is theirs.
      ready.catch(() => undefined);
      for (const topic of fresh) this.#topics.set(topic, { users: 0, ready });
    }
    const joined = topics.map((topic) => this.#topics.get(topic)!);
    for (const followed of joined) followed.users++;
    try {
      await Promise.all(joined.map(({ ready }) => ready));
    } catch (error) {
      this.unfollow(topics.filter((topic, at) => this.#topics.get(topic) === joined[at]));
      throw error;
    }
  }

  unfollow(topics: readonly string[]): void {
    const idle = topics.filter((topic) => {
      const followed = this.#topics.get(topic);
      if (!followed || --followed.users > 0) return false;
      return this.#topics.delete(topic);
    });
    if (idle.length === 0) return;
    this.#bus.unsubscribe(idle).catch((error: unknown) => {
      log.warn("the bus did not take back a subscription", { error });
    });
  }
}

import type { Bus, BusEars } from "./bus.ts";

type Receive = BusEars["receive"];

/** The subscribers of one process, shared by the buses that are made from it. */
export class MemoryHub {
  readonly #topics = new Map<string, readonly Receive[]>();

  /** A bus of its own, as every worker has one. */
  connect(receive: Receive): Bus {
    const mine = new Set<string>();
    const leave = (topic: string): void => {
      mine.delete(topic);
      const others = this.#topics.get(topic)?.filter((one) => one !== receive) ?? [];
      if (others.length > 0) this.#topics.set(topic, others);
      else this.#topics.delete(topic);
    };
    return {
      isHealthy: true, // It is this process.
      publish: async (topic, bytes) => {
        for (const listener of this.#topics.get(topic) ?? []) listener(topic, bytes);
      },
      subscribe: async (topics) => {
        for (const topic of topics) {
          if (mine.has(topic)) continue;
          mine.add(topic);
          this.#topics.set(topic, [...(this.#topics.get(topic) ?? []), receive]);
        }
      },
      unsubscribe: async (topics) => topics.forEach(leave),
      close: async () => [...mine].forEach(leave),
    };
  }
}

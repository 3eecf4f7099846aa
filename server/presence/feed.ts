import type { Event } from "#wire/event.ts";
import type { UserId } from "#wire/ids.ts";
import type { Told } from "./open-presence.ts";

interface FeedParts {
  /** To all workers that follow the feed of these people's partition. */
  publish(topic: string, event: Event): void;
  topicOf(user: UserId): string;
  /** Calls back after about `ms`; returns what cancels it. */
  after(ms: number, call: () => void): () => void;
}

/** Changes are gathered so long: whoever comes and goes in between is told of once. */
export const feedMs = 100;
/** A frame of so many people stays far below what an event may hold. */
const peopleMax = 500;

/** What this worker tells of people's coming and going, gathered: one frame per partition instead of one per person. */
export class Feed {
  readonly #parts: FeedParts;
  #gathered = new Map<UserId, Told>();

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  tell(told: Told): void {
    if (this.#gathered.size === 0) this.#parts.after(feedMs, () => this.#flush());
    // In the order of the last change.
    this.#gathered.delete(told.user);
    this.#gathered.set(told.user, told);
  }

  #flush(): void {
    const gathered = [...this.#gathered.values()];
    this.#gathered = new Map();
    for (const [topic, people] of Map.groupBy(gathered, ({ user }) => this.#parts.topicOf(user))) {
      for (let at = 0; at < people.length; at += peopleMax) {
        this.#parts.publish(topic, { op: "presence", people: people.slice(at, at + peopleMax) });
      }
    }
  }
}

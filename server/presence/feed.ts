import type { Event, EventOf } from "#wire/event.ts";
import type { UserId } from "#wire/ids.ts";
import type { PresenceState, Registry } from "./registry.ts";

/** What is told of people who are seen otherwise. */
export type Told = EventOf<"presence">["people"][number];

interface FeedParts {
  /** To all workers that follow the feed of these people's partition. */
  publish(topic: string, event: Event): void;
  topicOf(user: UserId): string;
  readonly here: Registry["here"];
  /** Calls back after about `ms`; returns what cancels it. */
  after(ms: number, call: () => void): () => void;
}

/** Changes are gathered so long: whoever comes and goes in between is told of once. */
export const feedMs = 100;
/** A frame of so many people stays far below what an event may hold. */
const peopleMax = 500;

/**
 * What this worker tells of people who are seen otherwise, gathered: one frame per partition instead of one per person. How they are seen is read when it is told:
 * two workers that change the same person tell the same, whichever is heard last.
 */
export class Feed {
  readonly #parts: FeedParts;
  /** Since when whoever is gone was not seen any more. */
  #gathered = new Map<UserId, number | null>();
  #telling = Promise.resolve();

  constructor(parts: FeedParts) {
    this.#parts = parts;
  }

  changed(user: UserId, lastSeenAt: number | null): void {
    if (this.#gathered.size === 0) {
      this.#parts.after(feedMs, () => {
        this.#telling = this.#telling.then(() => this.#tell());
      });
    }
    this.#gathered.set(user, lastSeenAt);
  }

  async #tell(): Promise<void> {
    const gathered = this.#gathered;
    this.#gathered = new Map();
    const here = await this.#parts.here([...gathered.keys()]);
    const told = [...gathered].map(([user, lastSeenAt]) =>
      toldOf(user, here.get(user) ?? "offline", lastSeenAt),
    );
    for (const [topic, people] of Map.groupBy(told, ({ user }) => this.#parts.topicOf(user))) {
      for (let at = 0; at < people.length; at += peopleMax) {
        this.#parts.publish(topic, { op: "presence", people: people.slice(at, at + peopleMax) });
      }
    }
  }
}

/** When somebody was last seen is told of those alone who are not here. */
export function toldOf(user: UserId, state: PresenceState, lastSeenAt: number | null): Told {
  const online = state !== "offline";
  return { user, online, lastSeenAt: online ? null : lastSeenAt, away: state === "away" };
}

import type { Event } from "#wire/event.ts";
import type { UserId } from "#wire/ids.ts";
import { bound, type Clock } from "#lib/clock.ts";
import type { Relay } from "../fanout/relay.ts";
import { feedTopic, feedTopics } from "../fanout/topic.ts";
import { Feed, type Told, toldOf } from "./feed.ts";
import { hearFeed } from "./hear-feed.ts";
import { OnlineCounts, type OnlineCountsParts } from "./online-counts.ts";
import { graceMs, Presence } from "./presence.ts";
import { RedisRegistry } from "./redis-registry.ts";
import { MemoryRegistry, type PresenceState, type Registry } from "./registry.ts";

interface Parts extends Pick<OnlineCountsParts, "readMembers"> {
  /** Without one there is one worker, which knows everybody. */
  readonly redisUrl: string | undefined;
  /** To all workers that follow the topic. */
  readonly publish: (topic: string, event: Event) => void;
  readonly relay: Pick<Relay, "follow" | "unfollow">;
  /** To the sockets of this worker that watch the user. */
  readonly tellWatchers: (user: UserId, event: Event) => void;
  /** To the sockets of this worker that have the channel open. */
  readonly tellCount: OnlineCountsParts["tell"];
  /** What was told lately was perhaps not heard: those who look are to be told anew. */
  readonly restored: () => void;
  readonly clock: Clock;
}

type OpenPresence = Pick<Registry, "here" | "compare" | "online"> &
  Pick<Presence, "arrived" | "left" | "went" | "shows" | "takeLastSeen"> & {
    readonly counts: OnlineCounts;
    /** A frame of a feed, by whichever worker. */
    hear(frame: Uint8Array): void;
    stop(): Promise<void>;
  };

/** Who is here on any worker, from this worker's own sockets and a registry that all of them share; and who is told of it. */
export function openPresence(parts: Parts): OpenPresence {
  const { redisUrl, publish, relay, tellWatchers, tellCount, readMembers, restored, clock } = parts;
  const { after } = bound(clock);
  const feed = new Feed({
    publish,
    topicOf: feedTopic,
    here: (users) => registry.here(users),
    after,
  });
  const own = new Presence({
    changed: (user, state, lastSeenAt) => {
      void registry.set(user, state).then((seen) => seen && feed.changed(user, lastSeenAt));
    },
    now: () => clock.now(),
    after,
  });
  const shared =
    redisUrl === undefined
      ? undefined
      : new RedisRegistry({
          redisUrl,
          clock,
          mine: () => own.here(),
          stateOf: (user) => own.stateOf(user),
          changed: (news) => {
            const leftAtMs = clock.now() - graceMs;
            for (const [user] of news) feed.changed(user, leftAtMs);
          },
          missed: (news) => {
            const people = news.map(([user, state]) => toldOf(user, state, null));
            counts.heard(people);
            for (const person of people) {
              tellWatchers(person.user, { op: "presence", people: [person] });
            }
          },
          restored: () => {
            restored();
            counts.doubt();
          },
        });
  const registry: Registry = shared ?? new MemoryRegistry();
  const counts = new OnlineCounts({
    readMembers,
    here: (users) => registry.here(users),
    listen: () => relay.follow(feedTopics),
    unlisten: () => relay.unfollow(feedTopics),
    tell: tellCount,
    now: () => performance.now(),
  });
  const heard = (people: readonly Told[]): void => {
    for (const { user, online, away } of people) shared?.heard(user, stateOf(online, away));
    counts.heard(people);
  };
  return {
    arrived: (user, shownAs, isAway) => own.arrived(user, shownAs, isAway),
    left: (user, wasAway) => own.left(user, wasAway),
    went: (user, isAway) => own.went(user, isAway),
    shows: (user, shownAs) => own.shows(user, shownAs),
    takeLastSeen: () => own.takeLastSeen(),
    here: (users) => registry.here(users),
    compare: (users) => registry.compare(users),
    online: (from, countMax) => registry.online(from, countMax),
    counts,
    hear: (frame) => hearFeed({ heard, tell: tellWatchers }, frame),
    stop: async () => {
      own.stop();
      await registry.close();
    },
  };
}

const stateOf = (online: boolean, away: boolean): PresenceState =>
  online ? (away ? "away" : "here") : "offline";

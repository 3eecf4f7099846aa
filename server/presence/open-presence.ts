import { decodeAnswers } from "#wire/codec.ts";
import type { UserId } from "#wire/ids.ts";
import type { Clock } from "#lib/clock.ts";
import { graceMs, Presence } from "./presence.ts";
import { RedisRegistry } from "./redis-registry.ts";
import { MemoryRegistry, type Registry } from "./registry.ts";

interface Parts {
  /** Without one there is one worker, which knows everybody. */
  readonly redisUrl: string | undefined;
  /** To those who look, on every worker. `lastSeenAt` is set for who went. */
  readonly tell: (user: UserId, online: boolean, lastSeenAt: number | null) => void;
  /** What was told lately was perhaps not heard: those who look are to be told anew. */
  readonly restored: () => void;
  readonly clock: Clock;
}

type OpenPresence = Pick<Registry, "here" | "online"> &
  Pick<Presence, "arrived" | "left" | "takeLastSeen"> & {
    /** The frame of a presence event, by whichever worker. */
    heard(frame: Uint8Array): void;
    stop(): Promise<void>;
  };

/** Who is here on any worker, from this worker's own sockets and a registry that all of them share. */
export function openPresence({ redisUrl, tell, restored, clock }: Parts): OpenPresence {
  const own = new Presence({
    changed: (user, online, lastSeenAt) => {
      const told = online ? registry.arrived(user) : registry.left(user);
      void told.then((isNews) => isNews && tell(user, online, lastSeenAt));
    },
    now: () => clock.now(),
    after: (ms, call) => clock.after(ms, call),
  });
  const shared =
    redisUrl === undefined
      ? undefined
      : new RedisRegistry({
          redisUrl,
          clock,
          mine: () => own.here(),
          isMine: (user) => own.has(user),
          came: (users) => users.forEach((user) => tell(user, true, null)),
          gone: (users) => users.forEach((user) => tell(user, false, clock.now() - graceMs)),
          restored,
        });
  const registry: Registry = shared ?? new MemoryRegistry();
  return {
    arrived: (user) => own.arrived(user),
    left: (user) => own.left(user),
    takeLastSeen: () => own.takeLastSeen(),
    here: (users) => registry.here(users),
    online: (after, countMax) => registry.online(after, countMax),
    heard: (frame) => {
      if (!shared) return; // There is nobody else.
      for (const answer of decodeAnswers(frame)) {
        if (answer.op !== "presence") continue;
        for (const { user, online } of answer.people) shared.heard(user, online);
      }
    },
    stop: async () => {
      own.stop();
      await registry.close();
    },
  };
}

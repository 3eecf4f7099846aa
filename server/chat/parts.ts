import type { Event, Interval } from "#wire/event.ts";
import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import type { Shown } from "#wire/row.ts";
import type { Verify } from "../auth/verify.ts";
import type { Delivery } from "../fanout/deliver.ts";
import type { Heads } from "../fanout/heads.ts";
import type { Relay } from "../fanout/relay.ts";
import type { Sessions } from "../session/sessions.ts";
import type { MessageBatch } from "../store/batch.ts";
import type { Database } from "../store/database.ts";
import type { Reads } from "../store/reads.ts";
import type { PointerFlush } from "./pointer-flush.ts";
import type { TypingBook } from "./typing-book.ts";

/** How somebody is seen. */
export type PresenceState = Shown["as"];

/** What `worker.ts` hands to the commands. */
export interface ChatParts extends Verify {
  /** For reading; the primary. */
  readonly sql: Database;
  /** For writing transactions outside the batch. */
  readonly writing: Database;
  /** What sockets are brought up to date by, from the primary. */
  readonly reads: Reads;
  readonly batch: MessageBatch;
  readonly delivery: Delivery;
  readonly heads: Heads;
  readonly relay: Relay;
  readonly sessions: Sessions;
  readonly pointers: PointerFlush;
  readonly typing: TypingBook;
  readonly version: string;
  /** Which history this is. */
  epoch(): string;
  /** To all sockets on a topic of what is ephemeral, on every worker. Never rejects. */
  publishLive(topic: string, event: Event): void;
  readonly presence: {
    /** By one socket more of theirs, at whose device somebody is or not. */
    arrived(user: UserId, shownAs: PresenceState, isAway: boolean): void;
    /** Nobody is at the device of one of their sockets any more, or somebody is again. */
    went(user: UserId, isAway: boolean): void;
    /** They want to be seen otherwise from now on. */
    shows(user: UserId, shownAs: PresenceState): void;
    /** Of these, who is here on any worker, and how. Never rejects. */
    here(users: readonly UserId[]): Promise<ReadonlyMap<UserId, PresenceState>>;
    /** Tells of those of these of whom a word was lost. Never rejects. */
    compare(users: readonly UserId[]): Promise<void>;
    /** Those who are here with a number above `after`, by number, at most `countMax`. */
    online(after: number, countMax: number): Promise<readonly UserId[]>;
  };
  readonly onlineCounts: {
    /** One socket more looks. Resolves to how many members are online; undefined in a small channel. Never rejects. */
    look(channel: ChannelId): Promise<number | undefined>;
    unlook(channel: ChannelId): void;
  };
  /** Of these channels those that the user is in now, from the primary. */
  readMemberOf(userId: UserId, channels: readonly ChannelId[]): Promise<ReadonlySet<ChannelId>>;
  /** `(from, …]` of a stream from PostgreSQL, whoever asks. */
  readIntervals(stream: StreamId, from: Seq): Promise<{ intervals: Interval[]; more: boolean }>;
  /** Milliseconds since the epoch. */
  now(): number;
}

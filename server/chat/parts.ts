import type { Event, Interval } from "#wire/event.ts";
import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import type { Verify } from "../auth/verify.ts";
import type { Delivery } from "../fanout/deliver.ts";
import type { Heads } from "../fanout/heads.ts";
import type { Relay } from "../fanout/relay.ts";
import type { Sessions } from "../session/sessions.ts";
import type { MessageBatch } from "../store/batch.ts";
import type { Database } from "../store/database.ts";
import type { PointerFlush } from "./pointer-flush.ts";
import type { TypingBook } from "./typing-book.ts";

/** What `worker.ts` hands to the commands. */
export interface ChatParts extends Verify {
  /** For reading; the primary. */
  readonly sql: Database;
  /** For writing transactions outside the batch. */
  readonly writing: Database;
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
    arrived(user: UserId): void;
    /** Of these, who is here on any worker. Never rejects. */
    here(users: readonly UserId[]): Promise<ReadonlySet<UserId>>;
    /** Those who are here with a number above `after`, by number, at most `countMax`. */
    online(after: number, countMax: number): Promise<readonly UserId[]>;
  };
  /** Of these channels those that the user is in now, from the primary. */
  readMemberOf(userId: UserId, channels: readonly ChannelId[]): Promise<ReadonlySet<ChannelId>>;
  /** `(from, …]` of a stream from PostgreSQL, whoever asks. */
  readIntervals(stream: StreamId, from: Seq): Promise<{ intervals: Interval[]; more: boolean }>;
  /** Milliseconds since the epoch. */
  now(): number;
}

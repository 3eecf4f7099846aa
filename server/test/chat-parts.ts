import type { ChatParts } from "../chat/parts.ts";
import type { HttpChat } from "../http/chat-parts.ts";
import { announceCommit } from "../chat/announce-commit.ts";
import { PointerFlush } from "../chat/pointer-flush.ts";
import { TypingBook } from "../chat/typing-book.ts";
import { Delivery } from "../fanout/deliver.ts";
import { Heads } from "../fanout/heads.ts";
import { MemoryHub } from "../fanout/memory-bus.ts";
import { Relay } from "../fanout/relay.ts";
import { openPresence } from "../presence/open-presence.ts";
import { Sessions } from "../session/sessions.ts";
import { MessageBatch } from "../store/batch.ts";
import type { Database } from "../store/database.ts";
import { readHeads } from "../store/head.ts";
import { insertMessages } from "../store/insert-messages.ts";
import { movePointers } from "../store/pointer.ts";
import { systemClock } from "#lib/clock.ts";
import { pause } from "#lib/wait.ts";
import { readsOf } from "./reads.ts";

/** The chat's parts without a socket, over a database: what the HTTP side alone speaks with. */
export function chatParts(sql: Database): HttpChat & Pick<ChatParts, "sessions" | "relay"> {
  const bus = new MemoryHub().connect((_, bytes) => delivery.receive(bytes));
  const after = (ms: number, call: () => void) => systemClock.after(ms, call);
  const { now } = Date;
  const reads = readsOf(sql);
  const delivery = new Delivery({
    bus,
    publish: () => undefined,
    readHeads: (streams) => readHeads(sql, streams),
    readIntervals: async () => ({ intervals: [], more: false }),
    removing: () => undefined,
    personalDelivered: () => undefined,
    after,
  });
  const relay = new Relay(bus);
  const heads = new Heads({ bus, readHeads: (streams) => readHeads(sql, streams), now });
  return {
    sql,
    reads,
    writing: sql,
    delivery,
    heads,
    batch: new MessageBatch({
      insert: (drafts, sends) => insertMessages(sql, drafts, sends),
      announce: (commit) => announceCommit(delivery, heads, commit),
      suspect: (channelId, why) => heads.suspect(channelId, why),
      now,
      pause,
    }),
    pointers: new PointerFlush({
      move: (moves) => movePointers(sql, moves),
      announce: (interval) => void delivery.announce(interval),
      tellOthers: () => undefined,
      after,
    }),
    typing: new TypingBook({ changed: () => undefined, now, after }),
    presence: openPresence({
      redisUrl: undefined,
      publish: () => undefined,
      relay,
      tellWatchers: () => undefined,
      tellCount: () => undefined,
      readMembers: async () => [],
      restored: () => undefined,
      clock: { ...systemClock, now, after },
    }),
    readIntervals: async () => ({ intervals: [], more: false }),
    sessions: new Sessions(),
    relay,
    publishLive: () => undefined,
    now,
    readMemberOf: (userId, channels) => reads.memberOf(userId, channels),
  };
}

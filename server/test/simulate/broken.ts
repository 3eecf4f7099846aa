/** Casts in which one guarantee does not hold: whoever checks has to notice. */
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { Pointer } from "#wire/row.ts";
import { subscribeDurable } from "../../chat/barrier.ts";
import { PointerFlush, type PointerFlushParts } from "../../chat/pointer-flush.ts";
import { MessageBatch, type BatchParts } from "../../store/batch.ts";
import type { Draft } from "../../store/insert-messages.ts";
import { type AskedPointer, MemoryStore, type StoredMessage } from "./memory-store.ts";
import { type Cast, sound } from "./simulated-worker.ts";

/** Everybody is told before the store is asked, of the numbers that are likely. */
function createHastyBatch(parts: BatchParts): MessageBatch {
  const heads = new Map<ChannelId, Seq>();
  const announceAll = (drafts: readonly Draft[]): void => {
    for (const draft of drafts) {
      const headBefore = heads.get(draft.channelId) ?? 0;
      const stored = { seq: headBefore + 1, createdAt: parts.now(), born: true };
      heads.set(draft.channelId, stored.seq);
      parts.announce({ channelId: draft.channelId, headBefore, messages: [{ draft, stored }] });
    }
  };
  return new MessageBatch({
    ...parts,
    insert: (drafts, sends) => {
      announceAll(drafts);
      return parts.insert(drafts, sends);
    },
    announce: () => undefined,
  });
}

/** Others are told before the store is asked. */
function createHastyPointers(parts: PointerFlushParts): PointerFlush {
  return new PointerFlush({
    ...parts,
    move: (moves) => {
      for (const { channelId, userId, readSeq, deliveredSeq } of moves) {
        const told = { user: userId, readSeq: readSeq ?? 0, deliveredSeq: deliveredSeq ?? 0 };
        parts.tellOthers(channelId, [told]);
      }
      return parts.move(moves);
    },
    tellOthers: () => undefined,
  });
}

/** Who asks is answered at once. */
class HastyFlush extends PointerFlush {
  override add(...asked: Parameters<PointerFlush["add"]>): Promise<void> {
    super.add(...asked).catch(() => undefined);
    return Promise.resolve();
  }
}

class ForgetfulStore extends MemoryStore {
  override findKnown(): undefined {
    return undefined;
  }
}

/** What was read becomes what was asked last. */
class BacktrackingStore extends MemoryStore {
  override moved(before: Pointer, asked: AskedPointer): Pointer {
    return { ...super.moved(before, asked), readSeq: asked.readSeq ?? before.readSeq };
  }
}

class VainStore extends MemoryStore {
  override counts(message: StoredMessage, userId: UserId, readFrom: Seq): boolean {
    return message.seq > readFrom && message.draft.rootSeq === null;
  }
}

class ThreadCountingStore extends MemoryStore {
  override counts(message: StoredMessage, userId: UserId, readFrom: Seq): boolean {
    return message.seq > readFrom && message.draft.authorId !== userId;
  }
}

export const broken: Readonly<Record<string, Cast>> = {
  "announce before commit": { ...sound, createBatch: createHastyBatch },
  "no healing": { ...sound, readIntervals: async () => ({ intervals: [], more: false }) },
  "no heads": { ...sound, tellHeads: async () => undefined },
  "no barrier": {
    ...sound,
    // What is missed is read while the subscription is still under way.
    subscribe: async (...asked) => void subscribeDurable(...asked).catch(() => undefined),
  },
  "client ids not unique": { ...sound, createStore: (now) => new ForgetfulStore(now) },
  "no doubt about own pointers": { ...sound, suspectOwn: () => undefined },
  "receipts go back": { ...sound, createStore: (now) => new BacktrackingStore(now) },
  "receipts before commit": { ...sound, createPointers: createHastyPointers },
  "done before commit": { ...sound, createPointers: (parts) => new HastyFlush(parts) },
  "own messages are unread": { ...sound, createStore: (now) => new VainStore(now) },
  "replies are unread": { ...sound, createStore: (now) => new ThreadCountingStore(now) },
  "caught up before all was sent": {
    ...sound,
    answerHello: async (sendMissed, sayCaughtUp) => {
      sayCaughtUp();
      await sendMissed();
    },
  },
};

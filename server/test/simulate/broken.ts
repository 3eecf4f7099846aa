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

/** Everybody is told before the store is asked. */
function createHastyPointers(parts: PointerFlushParts): PointerFlush {
  return new PointerFlush({
    ...parts,
    move: (moves) => {
      for (const { channelId, userId, ...asked } of moves) {
        const [readSeq, deliveredSeq] = [asked.readSeq ?? 0, asked.deliveredSeq ?? 0];
        const body = { readSeq, deliveredSeq, readFrom: readSeq };
        const row = { kind: "pointer", entity: channelId, version: 1, body } as const;
        parts.announce({ stream: userId, from: 0, through: 1, rows: [row] });
        parts.tellOthers(channelId, [{ user: userId, readSeq, deliveredSeq }]);
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

class SilentFlush extends PointerFlush {
  override async add(...asked: Parameters<PointerFlush["add"]>): Promise<void> {
    await super.add(...asked);
    return new Promise(() => undefined);
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

/** Own devices are told what was asked, and not where the pointer stands. */
function createEchoingPointers(parts: PointerFlushParts): PointerFlush {
  return new PointerFlush({
    ...parts,
    move: async (moves) => {
      const moved = await parts.move(moves);
      return moved.map((pointer) => {
        const { channelId, userId } = pointer;
        const asked = moves.find((one) => one.channelId === channelId && one.userId === userId);
        return { ...pointer, readSeq: asked?.readSeq ?? pointer.readSeq };
      });
    },
  });
}

interface Broken {
  readonly cast: Cast;
  /** What of the faults tells of the guarantee. */
  readonly shows: RegExp;
}

const hastyPointers: Cast = { ...sound, createPointers: createHastyPointers };

const hastyHello: Cast = {
  ...sound,
  answerHello: async (sendMissed, sayCaughtUp) => {
    sayCaughtUp();
    await sendMissed();
  },
};

export const broken: Readonly<Record<string, Broken>> = {
  "announce before commit": {
    cast: { ...sound, createBatch: createHastyBatch },
    shows: /heard of the message/,
  },
  "no healing": {
    cast: { ...sound, readIntervals: async () => ({ intervals: [], more: false }) },
    shows: /holds .* of \d+ in/,
  },
  "no heads": {
    cast: { ...sound, tellHeads: async () => undefined },
    shows: /holds .* of \d+ in/,
  },
  "no barrier": {
    cast: {
      ...sound,
      // What is missed is read while the subscription is still under way.
      subscribe: async (...asked) => void subscribeDurable(...asked).catch(() => undefined),
    },
    shows: /waits for what is before|holds .* of \d+ in/,
  },
  "client ids not unique": {
    cast: { ...sound, createStore: (now) => new ForgetfulStore(now) },
    shows: /and stands at/,
  },
  "no doubt about own pointers": {
    cast: { ...sound, suspectOwn: () => undefined },
    shows: /holds the pointers/,
  },
  "receipts go back": {
    cast: { ...sound, createStore: (now) => new BacktrackingStore(now) },
    shows: /saw the pointer .* go back/,
  },
  "receipts told as they were asked": {
    cast: { ...sound, createPointers: createEchoingPointers },
    shows: /saw the pointer .* go back/,
  },
  "own pointers before commit": { cast: hastyPointers, shows: /heard of the pointer/ },
  "receipts before commit": { cast: hastyPointers, shows: /heard of what/ },
  "done before commit": {
    cast: { ...sound, createPointers: (parts) => new HastyFlush(parts) },
    shows: /has forgotten/,
  },
  "nobody is told that it is done": {
    cast: { ...sound, createPointers: (parts) => new SilentFlush(parts) },
    shows: /was never answered on/,
  },
  "own messages are unread": {
    cast: { ...sound, createStore: (now) => new VainStore(now) },
    shows: /are unread/,
  },
  "replies are unread": {
    cast: { ...sound, createStore: (now) => new ThreadCountingStore(now) },
    shows: /are unread/,
  },
  "caught up before own messages": { cast: hastyHello, shows: /came back without its user's/ },
  "caught up before own pointers": { cast: hastyHello, shows: /came back without what/ },
};

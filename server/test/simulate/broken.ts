/** Casts in which one guarantee does not hold: whoever checks has to notice. */
import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import type { Pointer } from "#wire/row.ts";
import { PointerFlush, type PointerFlushParts } from "../../chat/pointer-flush.ts";
import { Delivery } from "../../fanout/deliver.ts";
import { Backpressure } from "../../session/backpressure.ts";
import type { Session } from "../../session/session.ts";
import { MessageBatch, type BatchParts } from "../../store/batch.ts";
import type { CaughtUp } from "../../store/catch-up.ts";
import type { Draft } from "../../store/insert-messages.ts";
import type { Reads } from "../../store/reads.ts";
import type { StoredMessage } from "./memory-groups.ts";
import { type AskedPointer, MemoryStore } from "./memory-store.ts";
import { admin } from "./simulate.ts";
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

/** Further than any stream comes. */
const likely = 1_000;

/** Everybody is told before the store is asked. */
function createHastyPointers(parts: PointerFlushParts): PointerFlush {
  return new PointerFlush({
    ...parts,
    move: (moves) => {
      for (const { channelId, userId, ...asked } of moves) {
        const [readSeq, deliveredSeq] = [asked.readSeq ?? 0, asked.deliveredSeq ?? 0];
        const body = { readSeq, deliveredSeq, readFrom: readSeq };
        const row = { kind: "pointer", entity: channelId, version: likely, body } as const;
        parts.announce({ stream: userId, from: 0, through: likely, rows: [row] });
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

/** The socket is subscribed, and what it misses is read, while the bus has not acknowledged yet. */
class HastyDelivery extends Delivery {
  override follow(...asked: Parameters<Delivery["follow"]>): Promise<void> {
    super.follow(...asked).catch(() => undefined);
    return Promise.resolve();
  }
}

/** Who catches up asks otherwise than the core does. */
const reading = (change: (reads: Reads) => Partial<Reads>): Cast => ({
  ...sound,
  equip: (chat) => ({ ...chat, reads: { ...chat.reads, ...change(chat.reads) } }),
});

const nothingMissed = (stream: StreamId, from: Seq): CaughtUp => ({
  stream,
  from,
  through: from,
  head: from,
  cut: false,
  rows: [],
});

/** What was read too slowly is forgiven, and not made up for. */
class ForgivingBackpressure extends Backpressure {
  override drained(session: Session): void {
    session.lag = undefined;
    super.drained(session);
  }
}

/** Whoever comes back stands where they stood. */
class RememberingStore extends MemoryStore {
  readonly #before = new Map<string, Pointer>();

  override removeMember(...asked: Parameters<MemoryStore["removeMember"]>) {
    const [channelId, , userId] = asked;
    const pointer = this.pointerOf(userId, channelId);
    if (pointer) this.#before.set(`${channelId} ${userId}`, pointer);
    return super.removeMember(...asked);
  }

  override pointerOnJoining(head: Seq, userId: UserId, channelId: ChannelId): Pointer {
    const before = this.#before.get(`${channelId} ${userId}`);
    return before ?? super.pointerOnJoining(head, userId, channelId);
  }
}

export const broken: Readonly<Record<string, Broken>> = {
  "announce before commit": {
    cast: { ...sound, createBatch: createHastyBatch },
    shows: /heard of the message/,
  },
  "no healing": {
    cast: {
      ...sound,
      createDelivery: (parts) =>
        new Delivery({ ...parts, readIntervals: async () => ({ intervals: [], more: false }) }),
    },
    shows: /holds .* of \d+ in/,
  },
  "no heads": {
    cast: { ...sound, tellHeads: async () => undefined },
    shows: /holds .* of \d+ in/,
  },
  "no barrier": {
    cast: { ...sound, createDelivery: (parts) => new HastyDelivery(parts) },
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
  "caught up before own messages": {
    cast: reading(() => ({
      channels: async (_user, asked) =>
        new Map(
          asked.map(({ channelId, cursor }) => [channelId, nothingMissed(channelId, cursor)]),
        ),
    })),
    shows: /came back without its user's/,
  },
  "caught up before own pointers": {
    cast: reading((reads) => ({
      userStream: async (user, cursor) => {
        const found = await reads.userStream(user, cursor);
        return found && { ...found, rows: found.rows.filter(({ row }) => row.kind !== "pointer") };
      },
      summaries: async (user, channels) => {
        const found = await reads.summaries(user, channels);
        return found.map((each) => ({ ...each, readSeq: 0, deliveredSeq: 0, readFrom: 0 }));
      },
    })),
    shows: /came back without what/,
  },
  "who is removed stays on the topics": {
    cast: { ...sound, removeMembers: () => undefined },
    shows: /is told of \d+ to/,
  },
  "the barrier asks nobody who is a member": {
    cast: {
      ...sound,
      equip: (chat) => ({
        ...chat,
        readMemberOf: async (_user, channels) => new Set(channels),
        reads: { ...chat.reads, memberships: () => chat.reads.memberships(admin) },
      }),
    },
    shows: /stands on a topic of/,
  },
  "catching up asks nobody who they are": {
    cast: reading((reads) => ({
      channels: (_user, asked) => reads.channels(admin, asked),
      page: (_user, ...asked) => reads.page(admin, ...asked),
    })),
    shows: /has not been in it since it came/,
  },
  "who joins is not subscribed": {
    cast: { ...sound, followOwn: () => undefined },
    shows: /holds/,
  },
  "a slow reader is forgiven": {
    cast: { ...sound, createBackpressure: (parts) => new ForgivingBackpressure(parts) },
    shows: /holds/,
  },
  "a slow reader stays on the topics": {
    cast: {
      ...sound,
      createBackpressure: (parts) => new Backpressure({ ...parts, leaveTopics: () => undefined }),
    },
    shows: /is lagging, and told of/,
  },
  "who comes back stands where they stood": {
    cast: { ...sound, createStore: (now) => new RememberingStore(now) },
    shows: /joined .*, and has read to/,
  },
};

import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import type { Placed } from "../../fanout/cut.ts";
import type { CaughtUp } from "../../store/catch-up.ts";
import type { Draft, Inserted, Stored } from "../../store/insert-messages.ts";

interface Channel {
  readonly members: ReadonlySet<UserId>;
  /** The message at `seq` stands at `seq - 1`: nothing but messages changes here. */
  readonly messages: StoredMessage[];
}

export interface StoredMessage {
  readonly draft: Draft;
  readonly seq: Seq;
  readonly createdAt: number;
}

/** What the core needs of PostgreSQL, for channels whose members stay. `store-contract.ts` holds both to the same. */
export class MemoryStore {
  readonly #channels = new Map<ChannelId, Channel>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  addChannel(id: ChannelId, members: readonly UserId[]): void {
    this.#channels.set(id, { members: new Set(members), messages: [] });
  }

  /** As `insertMessages`. */
  insert(drafts: readonly Draft[], sends: readonly number[]): Inserted {
    const headsBefore = new Map<ChannelId, Seq>();
    const stopped = new Set<number>();
    const fates = drafts.map((draft, at): Inserted["fates"][number] => {
      const known = this.findKnown(draft);
      if (known) return { seq: known.seq, createdAt: known.createdAt, born: false };
      if (stopped.has(sends[at]!)) return { refused: "skipped" };
      const channel = this.#channels.get(draft.channelId);
      if (!channel?.members.has(draft.authorId)) {
        stopped.add(sends[at]!);
        return { refused: "not_a_member" };
      }
      const head = channel.messages.length;
      if (!headsBefore.has(draft.channelId)) headsBefore.set(draft.channelId, head);
      return append(channel, { draft, seq: head + 1, createdAt: this.#now() });
    });
    return { fates, headsBefore };
  }

  /** An id is the author's, in a channel. */
  findKnown({ channelId, authorId, clientMessageId }: Draft): StoredMessage | undefined {
    return this.messages(channelId).find(
      ({ draft }) => draft.authorId === authorId && draft.clientMessageId === clientMessageId,
    );
  }

  messages(channelId: ChannelId): readonly StoredMessage[] {
    return this.#channels.get(channelId)?.messages ?? [];
  }

  readHeads(streams: readonly StreamId[]): Map<StreamId, Seq> {
    const there = streams.filter((stream) => this.#channels.has(stream as ChannelId));
    return new Map(there.map((id) => [id, this.messages(id as ChannelId).length]));
  }

  /** As `readStream`, of a channel. */
  readStream(stream: StreamId, from: Seq, rowsMax: number): CaughtUp | undefined {
    const channel = this.#channels.get(stream as ChannelId);
    if (!channel) return undefined;
    const rows = channel.messages.slice(from, from + rowsMax).map(rowOf);
    const head = channel.messages.length;
    const cut = head > from + rowsMax;
    return { stream, from, through: cut ? from + rowsMax : head, head, cut, rows };
  }

  readMemberOf(userId: UserId, channels: readonly ChannelId[]): Set<ChannelId> {
    return new Set(channels.filter((id) => this.#channels.get(id)?.members.has(userId)));
  }
}

function append({ messages }: Channel, message: StoredMessage): Stored {
  messages.push(message);
  return { seq: message.seq, createdAt: message.createdAt, born: true };
}

function rowOf({ draft, seq, createdAt }: StoredMessage): Placed {
  const { authorId, clientMessageId, rootSeq, body } = draft;
  return {
    position: seq,
    row: {
      kind: "message",
      entity: seq,
      version: seq,
      body: {
        authorId,
        createdAt,
        clientMessageId,
        system: false,
        rootSeq,
        editedAt: null,
        deleted: false,
        body,
      },
    },
  };
}

import type { Refusal } from "#wire/codes.ts";
import type { ChannelId, Seq, StreamId, UserId } from "#wire/ids.ts";
import type { CaughtUp } from "../../store/catch-up.ts";
import type { GroupChange } from "../../store/group.ts";
import type { Draft, Inserted } from "../../store/insert-messages.ts";
import type { PointerMove, PointerMoved } from "../../store/pointer.ts";
import type { Reads } from "../../store/reads.ts";

export const names = ["Ada", "Grace", "Linus"] as const;

/** Where a kind of store comes from, with three people; of each channel a test names the members. */
export interface StoreMaker {
  people(): Promise<readonly [UserId, UserId, UserId]>;
  addChannel(members: readonly UserId[]): Promise<ChannelId>;
  createGroup(name: string, maker: UserId, users: readonly UserId[]): Promise<GroupChange>;
  addMembers(
    channel: ChannelId,
    actor: UserId,
    users: readonly UserId[],
  ): Promise<GroupChange | Refusal>;
  removeMember(channel: ChannelId, actor: UserId, user: UserId): Promise<GroupChange | Refusal>;
  insert(drafts: readonly Draft[], sends: readonly number[]): Promise<Inserted>;
  readHeads(streams: readonly StreamId[]): Promise<Map<StreamId, Seq>>;
  readStream(stream: StreamId, from: Seq, rowsMax: number): Promise<CaughtUp | undefined>;
  /** A user's own stream. */
  readOwn(userId: UserId, from: Seq, rowsMax: number): Promise<CaughtUp | undefined>;
  movePointers(moves: readonly PointerMove[]): Promise<PointerMoved[]>;
  readMemberOf(userId: UserId, channels: readonly ChannelId[]): Promise<ReadonlySet<ChannelId>>;
  readonly reads: Reads;
}

export const nowhere = 999_999_999 as ChannelId;

/** What the tests of every kind of store do again and again. */
export function stepsOf(store: StoreMaker) {
  async function ground() {
    const [ada, grace, linus] = await store.people();
    const lobby = await store.addChannel([ada, grace]);
    const engineRoom = await store.addChannel([ada, grace]);
    return { ada, grace, linus, lobby, engineRoom };
  }

  const readSummary = async (userId: UserId, channel: ChannelId) =>
    (await store.reads.summaries(userId, [channel]))[0];

  /** Numbers, negative where the id was known, or what refused it. */
  async function fatesOf(drafts: readonly Draft[], sends = drafts.map((_, at) => at)) {
    const { fates } = await store.insert(drafts, sends);
    return fates.map((fate) =>
      "refused" in fate ? fate.refused : fate.born ? fate.seq : -fate.seq,
    );
  }

  /** Moves that ask for nothing but what a test names. */
  const moveOf = (channelId: ChannelId, userId: UserId, asked: Partial<PointerMove>) => ({
    channelId,
    userId,
    readSeq: null,
    deliveredSeq: null,
    readFrom: null,
    ...asked,
  });

  return { ground, fatesOf, moveOf, readSummary };
}

import { Gathering } from "#lib/gathering.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { Status } from "#wire/row.ts";
import { type Account, readActiveUsers } from "./account.ts";
import { type CaughtUp, readChannels, readUserStreams } from "./catch-up.ts";
import type { Database } from "./database.ts";
import { readDirectPeers } from "./direct-channel.ts";
import { readPage, readState } from "./history.ts";
import { type KnownHostUser, readHostUsers } from "./host-user.ts";
import { readMemberOf } from "./members.ts";
import { readWhyNot } from "./membership.ts";
import { readPointers } from "./pointer.ts";
import { type ProfileAsOf, readProfiles, readStatuses } from "./profile.ts";
import { type Membership, readMemberships, readSummaries, type Summary } from "./summary.ts";

/** A channel after a cursor. */
export interface HeldChannel {
  readonly channelId: ChannelId;
  readonly cursor: Seq;
  /** That come at most, as far as the worker knows: what it weighs, and no bound. */
  readonly rowsMax: number;
}

/** Whom a token speaks for. */
export interface AccountReads {
  activeUser(userId: UserId, sessionId: string): Promise<Account | undefined>;
  hostUser(hostId: string): Promise<KnownHostUser | undefined>;
}

/** All that brings a socket up to date: the simulation has a memory answer it. */
export interface Reads {
  profile(userId: UserId): Promise<ProfileAsOf | undefined>;
  /** Newest activity first. */
  memberships(userId: UserId): Promise<readonly Membership[]>;
  /** Of these channels those that the user is in now. */
  memberOf(userId: UserId, channels: readonly ChannelId[]): Promise<ReadonlySet<ChannelId>>;
  userStream(userId: UserId, cursor: Seq): Promise<CaughtUp | undefined>;
  /** Without the channels that do not exist for this user; without any where nobody wants them any more. */
  channels(
    userId: UserId,
    held: readonly HeldChannel[],
    isWanted?: () => boolean,
  ): Promise<ReadonlyMap<ChannelId, CaughtUp>>;
  /** In this order, without the channels that do not exist for this user. */
  summaries(userId: UserId, channels: readonly ChannelId[]): Promise<readonly Summary[]>;
  /** The other people of these direct channels. */
  directPeers(userId: UserId, channels: readonly ChannelId[]): Promise<readonly UserId[]>;
  /** Of these people those who say something of themselves that has not passed. */
  statuses(users: readonly UserId[]): Promise<readonly { user: UserId; status: Status }[]>;
  page(
    userId: UserId,
    channel: ChannelId,
    before: Seq,
    rowsMax: number,
  ): ReturnType<typeof readPage>;
  state(channel: ChannelId, rowsMax: number): ReturnType<typeof readState>;
  pointers(channel: ChannelId, userId: UserId): ReturnType<typeof readPointers>;
  whyNot(channel: ChannelId, userId: UserId): ReturnType<typeof readWhyNot>;
}

/** Of one statement. */
export const readLimits = {
  users: 100,
  userStreams: 32,
  channels: 2_000,
  /** They stand in memory until they are sent. */
  rows: 16 * 1_024,
  /** Who is far behind fills a statement of rows alone: nobody else waits for that. */
  rowReadsAtOnce: 4,
} as const;

type Many<Question, Answer> = (
  sql: Database,
  questions: readonly Question[],
) => Promise<readonly Answer[]>;

/** Reads on the primary. What everybody asks who comes in is read for all who ask at once, in one statement each. */
export function createReads(
  sql: Database,
  after: (ms: number, call: () => void) => () => void,
): Reads & AccountReads {
  const gather = <Question, Answer>(
    read: Many<Question, Answer>,
    weightMax: number,
  ): ((questions: readonly Question[]) => Promise<readonly Answer[]>) => {
    const gathering = new Gathering<Question, Answer>({
      read: (questions) => read(sql, questions),
      weightMax,
      after,
    });
    return (questions) => gathering.ask(questions);
  };
  const activeUsers = gather(readActiveUsers, readLimits.users);
  const hostUsers = gather(readHostUsers, readLimits.users);
  const profiles = gather(readProfiles, readLimits.users);
  const memberships = gather(readMemberships, readLimits.users);
  const memberOf = gather(readMemberOf, readLimits.channels);
  const userStreams = gather(readUserStreams, readLimits.userStreams);
  const summaries = gather(readSummaries, readLimits.channels);
  const directPeers = gather(readDirectPeers, readLimits.channels);
  const statuses = gather(readStatuses, readLimits.channels);
  const channels = new Gathering<HeldChannel & { readonly userId: UserId }, CaughtUp | undefined>({
    read: (held) => readChannels(sql, held),
    weightMax: readLimits.rows,
    weightOf: ({ rowsMax }) => rowsMax,
    atOnceMax: readLimits.rowReadsAtOnce,
    after,
  });

  return {
    activeUser: async (userId, sessionId) => (await activeUsers([{ userId, sessionId }]))[0],
    hostUser: async (hostId) => (await hostUsers([hostId]))[0],
    profile: async (userId) => (await profiles([userId]))[0],
    memberships: async (userId) => (await memberships([userId]))[0]!,
    memberOf: async (userId, asked) => {
      const isIn = await memberOf(asked.map((channelId) => ({ userId, channelId })));
      return new Set(asked.filter((_, at) => isIn[at]));
    },
    userStream: async (userId, cursor) => (await userStreams([{ userId, cursor }]))[0],
    channels: async (userId, held, isWanted) => {
      const asked = held.map((one) => ({ ...one, userId }));
      const found = await channels.ask(asked, isWanted);
      return new Map(
        held.flatMap(({ channelId }, at) => {
          const caught = found[at];
          return caught ? [[channelId, caught]] : [];
        }),
      );
    },
    summaries: async (userId, asked) => {
      const found = await summaries(asked.map((channelId) => ({ userId, channelId })));
      return found.filter((summary) => summary !== undefined);
    },
    directPeers: async (userId, asked) => {
      const found = await directPeers(asked.map((channelId) => ({ userId, channelId })));
      return found.filter((peer) => peer !== undefined);
    },
    page: (userId, channel, before, rowsMax) => readPage(sql, userId, channel, before, rowsMax),
    state: (channel, rowsMax) => readState(sql, channel, rowsMax),
    pointers: (channel, userId) => readPointers(sql, channel, userId),
    whyNot: (channel, userId) => readWhyNot(sql, channel, userId),
    statuses: async (users) => {
      const found = await statuses(users);
      return users.flatMap((user, at) => {
        const status = found[at];
        return status ? [{ user, status }] : [];
      });
    },
  };
}

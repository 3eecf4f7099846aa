import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { readChannels, readUserStream } from "./catch-up.ts";
import type { Database } from "./database.ts";
import { readDirectPeers } from "./direct-channel.ts";
import { readPage, readState } from "./history.ts";
import { readWhyNot } from "./membership.ts";
import { readPointers } from "./pointer.ts";
import { readProfile } from "./profile.ts";
import { readMemberships, readSummaries } from "./summary.ts";

/** All that brings a socket up to date is read by these: the simulation has a memory answer them. */
export type Reads = ReturnType<typeof readsOf>;

export const readsOf = (sql: Database) => ({
  memberships: (user: UserId) => readMemberships(sql, user),
  profile: (user: UserId) => readProfile(sql, user),
  directPeers: (user: UserId, channels: readonly ChannelId[]) =>
    readDirectPeers(sql, user, channels),
  summaries: (user: UserId, channels: readonly ChannelId[]) => readSummaries(sql, user, channels),
  /** Of those that the user is in. */
  channels: (
    user: UserId,
    asked: readonly { readonly channelId: ChannelId; readonly cursor: Seq }[],
  ) => readChannels(sql, user, asked),
  userStream: (user: UserId, cursor: Seq) => readUserStream(sql, user, cursor),
  page: (user: UserId, channel: ChannelId, before: Seq, rowsMax: number) =>
    readPage(sql, user, channel, before, rowsMax),
  state: (channel: ChannelId, rowsMax: number) => readState(sql, channel, rowsMax),
  pointers: (channel: ChannelId, user: UserId) => readPointers(sql, channel, user),
  whyNot: (channel: ChannelId, user: UserId) => readWhyNot(sql, channel, user),
});

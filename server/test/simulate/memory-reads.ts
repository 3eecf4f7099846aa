import type { Reads } from "../../store/reads.ts";
import type { MemoryStore } from "./memory-store.ts";

/** One look at the store, which may take its time or fail. */
export type Read = <T>(look: (store: MemoryStore) => T) => Promise<T>;

/** As `createReads`, where nobody says anything of themselves and no channel is a direct one. */
export const memoryReads = (read: Read, rowsMax: { channel: number; own: number }): Reads => ({
  memberships: (user) => read((store) => store.readMemberships(user)),
  profile: async () => undefined,
  directPeers: async () => [],
  statuses: async () => [],
  memberOf: (user, channels) => read((store) => store.readMemberOf(user, channels)),
  summaries: (user, channels) =>
    read((store) => channels.flatMap((channel) => store.readSummary(user, channel) ?? [])),
  channels: (user, asked) =>
    read((store) => {
      const mine = asked.filter(({ channelId }) => store.pointerOf(user, channelId));
      return new Map(
        mine.map(({ channelId, cursor }) => [
          channelId,
          store.readStream(channelId, cursor, rowsMax.channel)!,
        ]),
      );
    }),
  userStream: (user, cursor) => read((store) => store.readStream(user, cursor, rowsMax.own)),
  page: (user, channel, _before, count) => read((store) => store.readPage(user, channel, count)),
  state: (channel, count) => read((store) => store.readState(channel, count)),
  pointers: (channel, user) => read((store) => store.readPointers(channel, user)),
  whyNot: async () => "not_a_member",
});

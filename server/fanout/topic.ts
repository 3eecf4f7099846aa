import type { ChannelId, StreamId, UserId } from "#wire/ids.ts";

/** Streams are spread over so many partitions, whose hash tags spread over the slots of a cluster. */
const partitions = 64;

const partitionOf = (stream: StreamId): string =>
  `{p${String(stream % partitions).padStart(2, "0")}}`;

/** The bus topic of a stream's intervals. */
export const durableTopic = (stream: StreamId): string => `${partitionOf(stream)}:${stream}`;

/** Whether a topic of a stream carries its intervals. */
export const isDurable = (topic: string): boolean => /^\{p\d\d\}:\d+$/.test(topic);

/** The bus topic of what is ephemeral in a channel: typing, others' pointers. */
export const liveTopic = (channel: ChannelId): string => `${durableTopic(channel)}:live`;

/** The bus topic of one person's coming and going. */
export const presenceTopic = (user: UserId): string => `${durableTopic(user)}:presence`;

/** The bus topic by which a worker is handed commands for its streamed responses. */
export const streamTopic = (worker: string): string => `stream:${worker}`;

/** The bus topic on which every worker says each second how far the streams are that it wrote. */
export const headsTopic = "heads";

/** The bus topic on which every worker says each second that it is here. */
export const peersTopic = "peers";

/** The engine's topic for sockets that read JSON; it is made only where one listens. */
export const jsonTopic = (topic: string): string => `${topic}:json`;

import type { ChannelId, StreamId, UserId } from "#wire/ids.ts";

/** Topics are spread over so many partitions, whose hash tags spread over the slots of a cluster. */
const partitions = 64;

/** The hash tags of all partitions, which every topic begins with one of. */
export const partitionTags: readonly string[] = Array.from(
  { length: partitions },
  (_, at) => `{p${String(at).padStart(2, "0")}}`,
);

const tagOf = (partition: number): string => partitionTags[partition]!;

/** The partition of a topic. */
export const partitionOf = (topic: string): number => Number(topic.slice(2, 4));

/** The bus topic of a stream's intervals. */
export const durableTopic = (stream: StreamId): string => `${tagOf(stream % partitions)}:${stream}`;

/** Whether a topic of a stream carries its intervals. */
export const isDurable = (topic: string): boolean => /^\{p\d\d\}:\d+$/.test(topic);

/** The bus topic of what is ephemeral in a channel: typing, others' pointers. */
export const liveTopic = (channel: ChannelId): string => `${durableTopic(channel)}:live`;

/** The engine's topic of one person's coming and going. */
export const presenceTopic = (user: UserId): string => `presence:${user}`;

/** The bus topic of the coming and going of the people of a partition. */
export const feedTopic = (user: UserId): string => `${tagOf(user % partitions)}:presence`;

/** The feeds of everybody. */
export const feedTopics: readonly string[] = partitionTags.map((tag) => `${tag}:presence`);

/** Whether a topic carries people's coming and going. */
export const isFeed = (topic: string): boolean => topic.endsWith("}:presence");

/** The bus topic by which a worker is handed commands for its streamed responses. */
export const streamTopic = (worker: string): string =>
  `${tagOf(Number.parseInt(worker.slice(0, 2), 16) % partitions)}:stream:${worker}`;

/** The bus topic on which every worker says each second how far the streams are that it wrote. */
export const headsTopic = `${tagOf(0)}:heads`;

/** The bus topic on which every worker says each second that it is here. */
export const peersTopic = `${tagOf(1)}:peers`;

/** The engine's topic for sockets that read JSON; it is made only where one listens. */
export const jsonTopic = (topic: string): string => `${topic}:json`;

import type { ChannelId, UserId } from "#wire/ids.ts";
import type { MessageRow, Status } from "#wire/row.ts";
import type { PresenceState } from "../chat/parts.ts";
import { seenIn } from "../chat/people.ts";
import type { OwnChannel } from "../store/own-channel.ts";
import type { Summary } from "../store/summary.ts";

/** ISO-8601 in UTC, as every time over HTTP. */
export const isoOf = (ms: number): string => new Date(ms).toISOString();
export const isoOrNull = (ms: number | null): string | null => (ms === null ? null : isoOf(ms));

export function messageJson(channel: ChannelId, { entity, body }: MessageRow) {
  if (!body) throw new Error(`the message ${channel}/${entity} has no body`);
  const { createdAt, editedAt, ...rest } = body;
  return {
    channel,
    seq: entity,
    ...rest,
    createdAt: isoOf(createdAt),
    editedAt: isoOrNull(editedAt),
  };
}

export function channelJson(
  { peer, joinedAt, ...channel }: OwnChannel,
  summary: Summary,
  here: ReadonlyMap<UserId, PresenceState>,
) {
  const { lastMessage, unread, readSeq, deliveredSeq, readFrom } = summary;
  return {
    ...channel,
    joinedAt: joinedAt.toISOString(),
    peer: peer && { ...peer, ...seenIn(here, peer.id) },
    lastMessage: lastMessage && messageJson(channel.id, lastMessage as MessageRow),
    ...{ unread, readSeq, deliveredSeq, readFrom },
  };
}

export function personJson<
  Of extends { lastSeenAt: number | null; id: UserId; status: Status | null },
>(person: Of, here: ReadonlyMap<UserId, PresenceState>) {
  return {
    ...person,
    ...seenIn(here, person.id),
    lastSeenAt: isoOrNull(person.lastSeenAt),
    status: statusJson(person.status),
  };
}

export const statusJson = (status: Status | null) =>
  status && { text: status.text, until: isoOrNull(status.until) };

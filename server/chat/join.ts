import { decodeAnswers } from "#wire/codec.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { Row, RowOf } from "#wire/row.ts";
import type { Announcement } from "../fanout/announcement.ts";
import { isRemoval } from "../fanout/cut.ts";
import { log } from "../observe/log.ts";
import type { Session } from "../session/session.ts";
import { subscribeDurable } from "./barrier.ts";
import { sendSummaries } from "./hello.ts";
import { identityOf } from "./identity.ts";
import { followLive, leaveChannel } from "./open-channel.ts";
import type { ChatParts } from "./parts.ts";
import { watchPeople } from "./people.ts";
import { followProfile } from "./profile.ts";

const rowsOf = ({ frame }: Announcement): Row[] =>
  decodeAnswers(frame).flatMap((event) => (event.op === "interval" ? event.rows : []));

/** A channel's stream brought removals, which are about to be published: the sockets of those who were removed leave its topics first. */
export function removeMembers(parts: ChatParts, announcement: Announcement): void {
  const channelId = announcement.stream as ChannelId;
  for (const { entity } of rowsOf(announcement).filter(isRemoval)) {
    revokeMembership(parts, { userId: entity as UserId, channelId });
  }
}

/**
 * Somebody was removed, as the channel's stream says, or PostgreSQL before any announcement has come, or instead of one: their sockets leave
 * its topics in this tick. Whoever is a member again by now, as the own stream may have said already, comes back through the barrier, with
 * what a new member is told.
 */
export function revokeMembership(
  parts: ChatParts,
  { userId, channelId }: { readonly userId: UserId; readonly channelId: ChannelId },
): void {
  for (const session of parts.sessions.ofUser(userId)) {
    if (!session.followed.has(channelId) && !session.open.has(channelId)) continue;
    const wasOpen = session.open.has(channelId);
    leaveChannel(parts, session, channelId);
    orComeBack(session, channelId, rejoin(parts, session, channelId, wasOpen));
  }
}

async function rejoin(
  parts: ChatParts,
  session: Session,
  channelId: ChannelId,
  wasOpen: boolean,
): Promise<void> {
  const { userId } = identityOf(session);
  if (!(await parts.readMemberOf(userId, [channelId])).has(channelId)) return;
  await subscribeDurable(parts, session, [channelId]);
  if (!session.followed.has(channelId)) return;
  if (wasOpen) await followLive(parts, session, channelId);
  await sendSummaries(parts, session, [channelId]);
}

/** A user's own stream brought what their sockets here have to follow. */
export function followOwn(parts: ChatParts, announcement: Announcement): void {
  const userId = announcement.stream as UserId;
  const rows = rowsOf(announcement);
  followMemberships(parts, userId, rows);
  followProfile(parts, userId, rows);
}

/** It brought memberships: all sockets of that user join or leave the channels' topics here. */
function followMemberships(parts: ChatParts, userId: UserId, rows: readonly Row[]): void {
  for (const row of rows) {
    if (row.kind !== "membership") continue;
    for (const session of parts.sessions.ofUser(userId)) {
      orComeBack(session, row.entity as ChannelId, join(parts, session, row));
    }
  }
}

/** Without the subscription it would miss what is said there: it comes back and asks. */
function orComeBack(session: Session, channel: ChannelId, joining: Promise<void>): void {
  joining.catch((error: unknown) => {
    if (session.isClosed) return;
    log.error("a socket could not join a channel", { channel, error });
    session.close("behind");
  });
}

async function join(
  parts: ChatParts,
  session: Session,
  { entity, body }: RowOf<"membership">,
): Promise<void> {
  const channelId = entity as ChannelId;
  if (!body) return leaveChannel(parts, session, channelId);
  // A subscription that is under way may have asked before this membership, and find nobody.
  const underWay = session.followed.underWay(channelId);
  if (underWay) await underWay.catch(() => undefined);
  if (session.followed.has(channelId) || session.followed.size > limits.subscribedMax) return;

  await subscribeDurable(parts, session, [channelId]);
  if (!session.isListening) return;
  await sendSummaries(parts, session, [channelId]);
  if (body.peer) await watchPeople(parts, session, [body.peer.id]);
}

import type { CommandOf } from "#wire/command.ts";
import type { Answered } from "../session/receive.ts";
import type { Session } from "../session/session.ts";
import { createDirect } from "../store/direct-channel.ts";
import { identityOf } from "./identity.ts";
import type { ChatParts } from "./parts.ts";

/** C1: the direct channel with somebody, created on demand; it appears in both lists at once. */
export async function createDirectChannel(
  parts: ChatParts,
  session: Session,
  { user }: CommandOf<"createDirect">,
): Promise<Answered> {
  const { userId } = identityOf(session);
  const created = await createDirect(parts.writing, userId, user).catch((error: unknown) => {
    for (const stream of [userId, user]) parts.heads.suspect(stream, "unknown_outcome");
    throw error;
  });
  if (!created) return { refused: "user_unknown" };

  // It was there: perhaps since a call whose answer got lost, which nobody announced.
  if (created.touched.length === 0) {
    for (const stream of [userId, user]) parts.heads.suspect(stream, "known_id");
  }
  // All of them before the first question: it is committed, and who can't be told now is told by `heads`.
  for (const { stream, through } of created.touched) parts.heads.wrote(stream, through);
  for (const { stream, from } of created.touched) {
    const { intervals } = await parts.readIntervals(stream, from);
    for (const interval of intervals) void parts.delivery.announce(interval);
  }
  return { op: "direct", channel: created.channelId, textId: created.textId };
}

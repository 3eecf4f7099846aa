import type { Refusal } from "#wire/codes.ts";
import type { ReplyOf } from "#wire/event.ts";
import type { UserId } from "#wire/ids.ts";
import { createDirect } from "../store/direct-channel.ts";
import type { ChatParts } from "./parts.ts";

/** C1: the direct channel with somebody, created on demand; it appears in both lists at once. */
export async function createDirectChannel(
  parts: Pick<ChatParts, "writing" | "heads" | "delivery" | "readIntervals">,
  userId: UserId,
  { user }: { user: UserId },
): Promise<Omit<ReplyOf<"direct">, "ref"> | Refusal> {
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

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
  const created = await createDirect(parts.writing, identityOf(session).userId, user);
  if (!created) return { refused: "user_unknown" };

  for (const { stream, from, through } of created.touched) {
    parts.heads.wrote(stream, through);
    const { intervals } = await parts.readIntervals(stream, from);
    for (const interval of intervals) void parts.delivery.announce(interval);
  }
  return { op: "direct", channel: created.channelId, textId: created.textId };
}

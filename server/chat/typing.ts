import type { CommandOf } from "#wire/command.ts";
import type { Answered } from "../session/receive.ts";
import type { Session } from "../session/session.ts";
import { identityOf } from "./identity.ts";
import type { ChatParts } from "./parts.ts";

/** T1: only in a channel that this socket has open, which proves membership. Elsewhere it is dropped, as is what somebody keeps to themselves (B38): typing is advice. */
export function typing(
  { typing: book }: ChatParts,
  session: Session,
  { channel, typing: isTyping }: CommandOf<"typing">,
): Answered {
  const { userId } = identityOf(session);
  if (!session.open.has(channel) || !session.shown.typing) return { op: "done" };

  if (isTyping) book.started(channel, userId, session);
  else book.stopped(channel, userId, session);
  return { op: "done" };
}

import type { CommandOf } from "#wire/command.ts";
import type { Answered } from "../session/receive.ts";
import type { Session } from "../session/session.ts";
import { identityOf } from "./identity.ts";
import type { ChatParts } from "./parts.ts";

/** Moves own pointers, clamped to the heads. Answers when that is committed; pointers in channels of others move nothing. */
export async function markRead(
  { pointers: flush }: Pick<ChatParts, "pointers">,
  session: Session,
  { pointers }: CommandOf<"read">,
): Promise<Answered> {
  const { userId } = identityOf(session);
  await flush.add(
    pointers.map(({ channel, readSeq, deliveredSeq, readFrom }) => ({
      channelId: channel,
      userId,
      readSeq,
      deliveredSeq,
      readFrom,
    })),
  );
  return { op: "done" };
}

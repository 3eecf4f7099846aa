import type { CommandOf } from "#wire/command.ts";
import { liveTopic } from "../fanout/topic.ts";
import type { Answered } from "../session/receive.ts";
import type { Session } from "../session/session.ts";
import { readPointers } from "../store/pointer.ts";
import { subscribeDurable, unsubscribeDurable } from "./barrier.ts";
import { sendCatchUp } from "./catch-up.ts";
import { identityOf } from "./identity.ts";
import type { ChatParts } from "./parts.ts";

/** Resume for one channel, plus its `live` topic and everybody's pointers. C10. */
export async function openChannel(
  parts: ChatParts,
  session: Session,
  { channel, epoch, cursor }: CommandOf<"open">,
): Promise<Answered> {
  const { userId } = identityOf(session);
  // Before anything is subscribed: a stranger's socket never stands on the topic, not even for a moment.
  const before = await readPointers(parts.sql, channel, userId);
  if (!before) return { refused: "not_a_member" };

  await subscribeDurable(parts, session, [channel]);
  if (!session.open.has(channel)) {
    session.open.add(channel);
    await parts.relay.follow([liveTopic(channel)]);
    if (session.closedAtMs === undefined) session.subscribe(liveTopic(channel));
  }
  const sameEpoch = epoch === parts.epoch();
  const missing = await sendCatchUp(parts, session, [{ stream: channel, cursor }], { sameEpoch });
  const pointers = await readPointers(parts.sql, channel, userId);
  if (missing.length > 0 || !pointers) {
    await leaveChannel(parts, session, channel);
    return { refused: "not_a_member" };
  }
  return { op: "opened", pointers };
}

/** Typing and pointers of the channel come no more; its durable topic stays. */
export async function closeChannel(
  parts: ChatParts,
  session: Session,
  { channel }: CommandOf<"close">,
): Promise<Answered> {
  await leaveLive(parts, session, channel);
  return { op: "done" };
}

async function leaveLive(
  parts: ChatParts,
  session: Session,
  channel: CommandOf<"open">["channel"],
): Promise<void> {
  if (!session.open.delete(channel)) return;
  parts.typing.stopped(channel, identityOf(session).userId);
  session.unsubscribe(liveTopic(channel));
  await parts.relay.unfollow([liveTopic(channel)]);
}

/** The user is no member any more. */
async function leaveChannel(
  parts: ChatParts,
  session: Session,
  channel: CommandOf<"open">["channel"],
): Promise<void> {
  unsubscribeDurable(parts, session, channel);
  await leaveLive(parts, session, channel);
}

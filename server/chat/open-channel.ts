import type { CommandOf } from "#wire/command.ts";
import type { ChannelId } from "#wire/ids.ts";
import { liveTopic } from "../fanout/topic.ts";
import type { Answered } from "../session/receive.ts";
import type { Session } from "../session/session.ts";
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
  const refuse = async () => ({ refused: await parts.reads.whyNot(channel, userId) });
  // Before anything is subscribed: a stranger's socket never stands on the topic, not even for a moment.
  if (!(await parts.reads.pointers(channel, userId))) return refuse();

  await subscribeDurable(parts, session, [channel]);
  await followLive(parts, session, channel);
  const sameEpoch = epoch === parts.epoch();
  const missing = await sendCatchUp(parts, session, [{ stream: channel, cursor }], { sameEpoch });
  // Once more: who was removed before this is refused, and of a later removal the user's own stream tells.
  const pointers = await parts.reads.pointers(channel, userId);
  if (missing.length > 0 || !pointers) {
    leaveChannel(parts, session, channel);
    return refuse();
  }
  // Who was removed and is back meanwhile may have missed what was said, and is not on the live topic: they open once more.
  if (session.isListening && !session.open.has(channel)) return { refused: "unavailable" };
  return { op: "opened", pointers };
}

/** Typing and pointers of the channel come no more; its durable topic stays. */
export function closeChannel(
  parts: ChatParts,
  session: Session,
  { channel }: CommandOf<"close">,
): Answered {
  leaveLive(parts, session, channel);
  return { op: "done" };
}

/** The user is no member any more: nothing of the channel comes from now on. */
export function leaveChannel(parts: ChatParts, session: Session, channel: ChannelId): void {
  unsubscribeDurable(parts, session, [channel]);
  leaveLive(parts, session, channel);
}

export async function followLive(
  { relay, onlineCounts }: ChatParts,
  session: Session,
  channel: ChannelId,
): Promise<void> {
  if (session.open.has(channel)) return;

  await relay.follow([liveTopic(channel)]);
  // Gone, lagging or removed meanwhile: then what was written down before was given back, and this was not yet.
  const isInVain = !session.followed.isSubscribed(channel) || session.open.has(channel);
  if (isInVain) return relay.unfollow([liveTopic(channel)]);
  session.open.add(channel);
  session.subscribe(liveTopic(channel));
  void onlineCounts.look(channel).then((online) => {
    if (online === undefined || !session.open.has(channel)) return;
    session.send({ op: "onlineCount", channel, online });
  });
}

function leaveLive(
  { relay, typing, onlineCounts }: ChatParts,
  session: Session,
  channel: ChannelId,
): void {
  if (!session.open.delete(channel)) return;
  typing.stopped(channel, identityOf(session).userId, session);
  session.unsubscribe(liveTopic(channel));
  relay.unfollow([liveTopic(channel)]);
  onlineCounts.unlook(channel);
}

import { feedTopic, liveTopic, presenceTopic } from "../fanout/topic.ts";
import type { Session } from "../session/session.ts";
import { unsubscribeDurable } from "./barrier.ts";
import type { ChatParts } from "./parts.ts";

/** The socket is gone: everything that was followed for it is given back. The engine has dropped its subscriptions already. */
export function leave(parts: ChatParts, session: Session): void {
  parts.sessions.remove(session);
  leaveTopics(parts, session);
}

/** The socket listens to nothing any more, from this tick on. */
export function leaveTopics(parts: ChatParts, session: Session): void {
  unsubscribeDurable(parts, session, [...session.followed]);
  const [open, watched] = [[...session.open], [...session.watched]];
  if (!session.isClosed) {
    for (const topic of [...open.map(liveTopic), ...watched.map(presenceTopic)]) {
      session.unsubscribe(topic);
    }
  }
  const { identity } = session;
  if (identity) {
    for (const channel of open) parts.typing.stopped(channel, identity.userId, session);
  }
  for (const channel of open) parts.onlineCounts.unlook(channel);
  session.open.clear();
  session.watched.clear();
  parts.relay.unfollow([...open.map(liveTopic), ...watched.map(feedTopic)]);
}

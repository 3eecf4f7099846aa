import type { ChannelId, StreamId } from "#wire/ids.ts";
import { durableTopic } from "../fanout/topic.ts";
import type { Session } from "../session/session.ts";
import { identityOf } from "./identity.ts";
import type { ChatParts } from "./parts.ts";

/**
 * The barrier, steps (a) and (b): the streams are followed (the bus has acknowledged, and the head was read after that), then membership is
 * read, and unless a removal was delivered meanwhile the socket is subscribed: who is no member never stands on the topic. Whoever calls reads what the client misses only *afterwards*, step (c), from the primary: so what is read reaches at
 * least as far as what was delivered when the socket was subscribed, and nothing falls between.
 *
 * Rejects where the bus or PostgreSQL is away; then nothing new is subscribed.
 */
export async function subscribeDurable(
  parts: Pick<ChatParts, "delivery" | "readMemberOf">,
  session: Session,
  streams: readonly StreamId[],
): Promise<void> {
  const { delivery } = parts;
  if (!session.isListening) return; // `leave` has given everything back: what is followed now would stay for ever.

  const { followed } = session;
  const fresh = streams.filter((stream) => !followed.has(stream));
  if (fresh.length > 0) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Whoever asks for one of them meanwhile waits for the same promise; a failure is told to each.
    promise.catch(() => undefined);
    followed.begin(fresh, promise);
    // Where it is another one, the socket went, or the user was removed, while we waited.
    const isWanted = (stream: StreamId): boolean => followed.underWay(stream) === promise;
    follow(parts, session, fresh).then(
      (mayListen) => {
        for (const stream of fresh) {
          if (isWanted(stream) && mayListen.has(stream)) {
            followed.arrived(stream);
            session.subscribe(durableTopic(stream));
          } else {
            if (isWanted(stream)) followed.delete(stream);
            delivery.unfollow([stream]);
          }
        }
        resolve();
      },
      (error: unknown) => {
        for (const stream of fresh.filter(isWanted)) followed.delete(stream);
        reject(error);
      },
    );
  }
  const underWay = new Set<Promise<void>>();
  for (const stream of streams) {
    const subscribed = followed.underWay(stream);
    if (subscribed) underWay.add(subscribed);
  }
  await Promise.all(underWay);
}

/** Follows the streams, and says which of them the user may listen to now: the own one, and the channels of a member. */
async function follow(
  parts: Pick<ChatParts, "delivery" | "readMemberOf">,
  session: Session,
  streams: readonly StreamId[],
): Promise<Set<StreamId>> {
  await parts.delivery.follow(streams);
  const { userId } = identityOf(session);
  const channels = streams.filter((stream): stream is ChannelId => stream !== userId);
  try {
    return new Set<StreamId>([userId, ...(await parts.readMemberOf(userId, channels))]);
  } catch (error) {
    parts.delivery.unfollow(streams);
    throw error;
  }
}

export function unsubscribeDurable(
  { delivery }: Pick<ChatParts, "delivery">,
  session: Session,
  streams: readonly StreamId[],
): void {
  // Of what is under way `subscribeDurable` finds that it is not wanted.
  const subscribed = streams.filter((stream) => session.followed.delete(stream));
  if (!session.isClosed) {
    for (const stream of subscribed) session.unsubscribe(durableTopic(stream));
  }
  delivery.unfollow(subscribed);
}

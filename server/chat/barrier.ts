import type { ChannelId, StreamId } from "#wire/ids.ts";
import { durableTopic } from "../fanout/topic.ts";
import type { Followed, Session } from "../session/session.ts";
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

  const fresh = streams.filter((stream) => !session.followed.has(stream));
  if (fresh.length > 0) {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    // Whoever asks for one of them meanwhile waits for the same promise; a failure is told to each.
    promise.catch(() => undefined);
    const entries = fresh.map((): Followed => ({ isSubscribed: false, subscribed: promise }));
    fresh.forEach((stream, at) => session.followed.set(stream, entries[at]!));
    follow(parts, session, fresh).then(
      (mayListen) => {
        fresh.forEach((stream, at) => {
          const entry = entries[at]!;
          // The socket went, or the user was removed, while we waited.
          if (session.followed.get(stream) !== entry) return delivery.unfollow([stream]);
          if (!mayListen.has(stream)) {
            session.followed.delete(stream);
            return delivery.unfollow([stream]);
          }
          entry.isSubscribed = true;
          session.subscribe(durableTopic(stream));
        });
        resolve();
      },
      (error: unknown) => {
        fresh.forEach((stream, at) => {
          if (session.followed.get(stream) === entries[at]) session.followed.delete(stream);
        });
        reject(error);
      },
    );
  }
  const entries = streams.flatMap((stream) => session.followed.get(stream) ?? []);
  await Promise.all(entries.map(({ subscribed }) => subscribed));
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
  stream: StreamId,
): void {
  const entry = session.followed.get(stream);
  if (!entry) return;

  session.followed.delete(stream);
  if (!entry.isSubscribed) return; // `subscribeDurable` finds that it is not wanted.
  if (!session.isClosed) session.unsubscribe(durableTopic(stream));
  delivery.unfollow([stream]);
}

import { Session } from "../session/session.ts";

/** A session whose socket leads nowhere; `topics` are those that it is subscribed to. */
export function loneSession(): { session: Session; topics: Set<string> } {
  const topics = new Set<string>();
  const session = new Session(
    {
      send: () => 1,
      subscribe: (topic) => void topics.add(topic),
      unsubscribe: (topic) => void topics.delete(topic),
      bufferedBytes: () => 0,
      close: () => undefined,
    },
    { encoding: "binary", nowMs: 0, topicOf: (topic) => topic },
  );
  return { session, topics };
}

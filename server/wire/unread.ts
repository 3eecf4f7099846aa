import type { Seq, UserId } from "./ids.ts";
import type { MessageRow } from "./row.ts";

/** What decides whether a message is unread, apart from its place. */
export interface Reader {
  readonly userId: UserId;
  readonly readFrom: Seq;
  readonly blocked: ReadonlySet<UserId>;
}

/**
 * Whether a message counts as unread for this reader: it stands after `readFrom` and is not a thread reply, of the system, deleted,
 * the reader's own, or by somebody whom the reader blocked. The one definition for both sides; the statement of the store says the same.
 */
export function isUnread({ entity, body }: MessageRow, reader: Reader): boolean {
  return (
    entity > reader.readFrom &&
    body !== null &&
    body.rootSeq === null &&
    !body.system &&
    !body.deleted &&
    body.authorId !== reader.userId &&
    !reader.blocked.has(body.authorId)
  );
}

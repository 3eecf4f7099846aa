import type { log } from "../observe/log.ts";
import type { Database } from "../store/database.ts";
import { readRevocationHead, readRevocations, type Revocation } from "../store/revocation.ts";

const everyMs = 500;
/** Far longer than a hello may take. */
const rememberedMs = 60_000;

export interface RevocationWatch {
  /**
   * Whether this session was told of within the last minute. A hello that read its user before the end, and becomes
   * findable after it was told, would be missed: it asks here in the tick in which it becomes findable.
   */
  hasEnded(sessionId: string): boolean;
  stop(): void;
}

/**
 * From now on tells of every session that ends and of everybody who is removed from a channel, by whomever: another worker, `npm run user`, this
 * worker itself (once more). Within half a second while the database answers, and what was missed when it answers again. Resolves
 * when nothing can be missed any more.
 */
export async function watchRevocations({
  sql,
  log: { warn },
  onRevoked,
}: {
  sql: Database;
  log: Pick<typeof log, "warn">;
  onRevoked: (revocation: Revocation) => void;
}): Promise<RevocationWatch> {
  let seen = await readRevocationHead(sql);
  const ended = new Map<string, number>();
  let stopped = false;
  let timer: ReturnType<typeof setTimeout>;

  const look = async (): Promise<void> => {
    try {
      const head = await readRevocationHead(sql);
      // Another history, older than the one that was read: all of it is news. Told twice is harmless.
      if (head < seen) seen = 0;
      const news = head > seen ? await readRevocations(sql, seen) : [];
      for (const { seq, revocation } of news) {
        if (stopped) return;
        seen = seq;
        if ("sessionId" in revocation) ended.set(revocation.sessionId, performance.now());
        onRevoked(revocation);
      }
      for (const [sessionId, atMs] of ended) {
        if (performance.now() - atMs > rememberedMs) ended.delete(sessionId);
      }
    } catch (error) {
      if (!stopped) warn("what was revoked can't be read; trying again", { error });
    }
    if (!stopped) timer = setTimeout(() => void look(), everyMs);
  };
  timer = setTimeout(() => void look(), everyMs);
  return {
    hasEnded: (sessionId) => ended.has(sessionId),
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

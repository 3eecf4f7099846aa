import type { log } from "../observe/log.ts";
import type { Database } from "../store/database.ts";
import { readRevocationHead, readRevocations } from "../store/session.ts";

const everyMs = 500;

export interface RevocationWatch {
  stop(): void;
}

/**
 * From now on tells of every session that ends, whoever ended it: another worker, `npm run user`, this worker itself
 * (once more). Within half a second while the database answers, and what was missed when it answers again.
 *
 * Resolves when nothing can be missed any more. A socket must be findable by its session before its user is read, or
 * an end between the two finds nothing to close.
 */
export async function watchRevocations({
  sql,
  log: { warn },
  onSessionEnded,
}: {
  sql: Database;
  log: Pick<typeof log, "warn">;
  onSessionEnded: (sessionId: string) => void;
}): Promise<RevocationWatch> {
  let seen = await readRevocationHead(sql);
  let stopped = false;
  let timer: ReturnType<typeof setTimeout>;

  const look = async (): Promise<void> => {
    try {
      for (const { seq, sessionId } of await readRevocations(sql, seen)) {
        if (stopped) return;
        onSessionEnded(sessionId);
        seen = seq;
      }
    } catch (error) {
      warn("ended sessions can't be read; trying again", { error });
    }
    if (!stopped) timer = setTimeout(() => void look(), everyMs);
  };
  timer = setTimeout(() => void look(), everyMs);
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

import { limits } from "#wire/limits.ts";
import type { Session } from "./session.ts";

/** Tokens of sockets that were opened together are not asked for together. */
const warningJitterSeconds = 15;

/**
 * Looks at one session's deadlines; called for each of them every second. Bun's own idle timeout is re-armed by what we send, so these
 * are ours: silence of the client, the hello that never comes, the token that ends.
 */
export function checkDeadlines(session: Session, nowMs: number): void {
  if (session.isClosed) return;
  if (session.identity === undefined) {
    if (nowMs - session.openedAtMs > limits.helloSecondsMax * 1_000) session.close("hello_late");
    return;
  }
  const isSilent = nowMs - session.heardAtMs > limits.idleSecondsMax * 1_000;
  if (isSilent && !session.isListenerOnly) return session.close("idle");
  const leftMs = session.tokenExpiresAtMs - nowMs;
  if (leftMs < -limits.tokenGraceSeconds * 1_000) return session.close("token_expired");
  const jitterMs = (session.openedAtMs % warningJitterSeconds) * 1_000;
  if (!session.tokenWarned && leftMs < limits.tokenWarningSeconds * 1_000 + jitterMs) {
    session.tokenWarned = true;
    session.send({ op: "tokenExpiring", at: session.tokenExpiresAtMs });
  }
}

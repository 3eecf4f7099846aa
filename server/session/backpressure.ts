import type { StreamId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { log } from "../observe/log.ts";
import { type Session, sessionLimits } from "./session.ts";
import type { Sessions } from "./sessions.ts";

export const backpressureLimits = {
  /** So much published, to whomever, and everybody is looked at: no buffer has grown by more since the last time. */
  sweepBytes: 1024 * 1024,
  /** What a lagging socket's own answers may add: a window of the largest pages, and what was published between two looks. */
  waitingBytesMax: 8 * 1024 * 1024,
} as const;

export interface BackpressureParts {
  readonly sessions: Sessions;
  /** Takes the socket off all its topics, in this tick. */
  readonly leaveTopics: (session: Session) => void;
  readonly now: () => number;
  /** Calls back after this tick: only then the engine counts what was published. */
  readonly soon: (call: () => void) => void;
}

/**
 * Keeps what waits for slow readers small, by a ladder on which nothing is lost: what was not told is asked for with the cursors.
 *
 *     > 256 KiB wait         lagging: off all topics
 *     all of that is read    asked by `lagged` what it holds; its `resume` brings it back
 *     45 s for either        closed, by a code that says resume
 *     > 8 MiB wait           closed at once
 */
export class Backpressure {
  readonly #parts: BackpressureParts;
  #publishedBytes = 0;
  #isDue = false;

  constructor(parts: BackpressureParts) {
    this.#parts = parts;
  }

  /** So many bytes went to a topic. */
  published(bytes: number): void {
    this.#publishedBytes += bytes;
    if (this.#publishedBytes <= backpressureLimits.sweepBytes || this.#isDue) return;

    this.#isDue = true;
    this.#parts.soon(() => this.look());
  }

  /** Looks at every socket; also called from time to time. */
  look(): void {
    this.#publishedBytes = 0;
    this.#isDue = false;
    for (const session of this.#parts.sessions) this.#check(session);
  }

  /** The engine says that nothing waits for this reader any more. */
  drained(session: Session): void {
    session.drained();
    if (session.lag) this.#check(session);
  }

  /** The engine had no room for a frame of this stream: whoever listens to it may be the one that lost it. */
  lost(stream: StreamId): void {
    log.error("a frame found no room, which is never to be: its readers ask for it", { stream });
    for (const session of this.#parts.sessions) {
      if (session.followed.has(stream)) this.#fallBehind(session);
    }
  }

  #check(session: Session): void {
    if (session.isClosed) return;
    const waiting = session.bufferedBytes();
    if (waiting > backpressureLimits.waitingBytesMax) session.close("behind");
    else if (session.lag) this.#checkLag(session, session.lag, waiting);
    else if (waiting > sessionLimits.budgetBytes) this.#fallBehind(session);
  }

  #checkLag(session: Session, lag: NonNullable<Session["lag"]>, waiting: number): void {
    const nowMs = this.#parts.now();
    const sinceMs = lag.askedAtMs ?? lag.sinceMs;
    if (nowMs - sinceMs > limits.lagSecondsMax * 1_000) return session.close("behind");
    if (lag.askedAtMs !== undefined || waiting > 0) return;

    lag.askedAtMs = nowMs;
    session.send({ op: "lagged" });
  }

  #fallBehind(session: Session): void {
    if (session.lag || session.isClosed) return;
    // Who can't say what it holds comes back as a new socket.
    if (session.isListenerOnly || !session.identity) return session.close("behind");

    session.lag = { sinceMs: this.#parts.now(), askedAtMs: undefined };
    this.#parts.leaveTopics(session);
  }
}

import { bundle, encodeAnswer, type Frame, packAnswer } from "#wire/codec.ts";
import { closes, type CloseName } from "#wire/codes.ts";
import type { Answer } from "#wire/event.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { defaultShown, type Shown } from "#wire/row.ts";
import { log } from "../observe/log.ts";
import { Followed } from "./followed.ts";

/** What a session needs from its socket; the engine's fits. */
export interface SessionSocket {
  /** > 0 bytes sent, -1 queued, 0 dropped. */
  send(frame: Frame): number;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  bufferedBytes(): number;
  close(code: number, reason: string): void;
}

export type Encoding = "binary" | "json";

/** Whose socket it is, from the first accepted `hello` on. */
export interface Identity {
  readonly userId: UserId;
  readonly name: string;
  readonly sessionId: string;
}

export const sessionLimits = {
  /** Bytes that may wait for a reader. Above it the socket hears nothing new until it has read them. */
  budgetBytes: 256 * 1024,
  /** A bundle that has so many takes no further answer. */
  bundleBytes: 64 * 1024,
} as const;

/** Too much waited for the reader. */
export interface Lag {
  readonly sinceMs: number;
  /** When it had read that, and was asked what it holds. */
  askedAtMs: number | undefined;
}

/** Topics carry one encoding each. */
export type TopicOf = (topic: string) => string;

/** One socket's state: who it is, what it listens to, how much it may still send and receive. */
export class Session {
  readonly encoding: Encoding;
  readonly openedAtMs: number;
  readonly #socket: SessionSocket;
  readonly #topicOf: TopicOf;
  identity: Identity | undefined;
  tokenExpiresAtMs = Number.POSITIVE_INFINITY;
  tokenWarned = false;
  heardAtMs: number;
  /** It can say nothing, not even that it is there: its end shows by itself. */
  isListenerOnly = false;
  lastSummariesAtMs = 0;
  /** The user is seen here by this socket. */
  isPresent = false;
  /** Nobody is at its device. */
  isAway = false;
  /** How others see its user, as of a number of the user's own stream. */
  #shown = defaultShown;
  #shownAsOf: Seq = 0;
  /** Durable topics, through the barrier. */
  readonly followed = new Followed();
  /** Channels that are open: their `live` topic too. */
  readonly open = new Set<ChannelId>();
  /** Channels with an unanswered `send`. */
  readonly sending = new Set<ChannelId>();
  /** People whose coming and going is told to this socket, oldest first. */
  readonly watched = new Set<UserId>();
  /** Nothing is sent any more. */
  isClosed = false;
  /** While it is set, nothing is published to this socket. */
  lag: Lag | undefined;
  #writable: PromiseWithResolvers<void> | undefined;

  constructor(
    socket: SessionSocket,
    options: { encoding: Encoding; nowMs: number; topicOf: TopicOf },
  ) {
    this.#socket = socket;
    this.encoding = options.encoding;
    this.#topicOf = options.encoding === "json" ? options.topicOf : (topic) => topic;
    this.openedAtMs = options.nowMs;
    this.heardAtMs = options.nowMs;
  }

  /** Whether topics may be followed for it: on a closed or a lagging socket `leave` has given them back, or is about to. */
  get isListening(): boolean {
    return !this.isClosed && this.lag === undefined;
  }

  get shown(): Shown {
    return this.#shown;
  }

  /** What is older than what is known is ignored. */
  show(shown: Shown, asOf: Seq): void {
    if (asOf < this.#shownAsOf) return;
    this.#shown = shown;
    this.#shownAsOf = asOf;
  }

  /** To this socket alone. */
  send(answer: Answer): void {
    this.#sendOrClose(this.#encoded(answer));
  }

  /** In order, at the reader's pace, several in one frame. */
  async sendEach(answers: readonly Answer[]): Promise<void> {
    let next = 0;
    while (next < answers.length) {
      await this.writable();
      if (this.isClosed) return;
      const frames: Frame[] = [];
      for (let bytes = 0; bytes < sessionLimits.bundleBytes && next < answers.length; next++) {
        const frame = this.#encoded(answers[next]!);
        bytes += frame.length;
        frames.push(frame);
      }
      this.#sendOrClose(bundle(frames));
    }
  }

  #encoded(answer: Answer): Frame {
    return this.encoding === "json" ? JSON.stringify(packAnswer(answer)) : encodeAnswer(answer);
  }

  subscribe(topic: string): void {
    this.#socket.subscribe(this.#topicOf(topic));
  }

  unsubscribe(topic: string): void {
    this.#socket.unsubscribe(this.#topicOf(topic));
  }

  /** Resolves when less than half the budget is outstanding, or the socket is closed. */
  async writable(): Promise<void> {
    while (!this.isClosed && this.#socket.bufferedBytes() > sessionLimits.budgetBytes / 2) {
      this.#writable ??= Promise.withResolvers();
      await this.#writable.promise;
    }
  }

  /** The engine says that nothing is buffered any more. */
  drained(): void {
    const waiting = this.#writable;
    this.#writable = undefined;
    waiting?.resolve();
  }

  /** Right after a publish the engine may not count that yet. */
  bufferedBytes(): number {
    return this.#socket.bufferedBytes();
  }

  close(name: CloseName): void {
    if (this.isClosed) return;

    this.isClosed = true;
    this.#socket.close(closes[name].number, name);
  }

  /** The engine has closed it. */
  ended(): void {
    this.isClosed = true;
    this.#writable?.resolve();
    this.#writable = undefined;
  }

  /** The one place that looks at what `send` returns. */
  #sendOrClose(frame: Frame): void {
    if (this.isClosed) return;
    if (this.#socket.send(frame) !== 0) return;

    // A client with a hole in its stream is worse than a client that comes back.
    log.warn("a frame found no room and its socket is closed", { user: this.identity?.userId });
    this.close("behind");
  }
}

import type { ReadonlySignal } from "@preact/signals";

import type { CommandOf } from "#wire/command.ts";
import type { Event, ReplyOf } from "#wire/event.ts";
import { protocolVersion } from "#wire/version.ts";

import type { Clock } from "../store/clock.ts";
import type { Link } from "../store/model.ts";
import { retryDelayMs, shortRetries } from "./backoff.ts";
import type { Ask } from "./calls.ts";
import { LinkLine } from "./link.ts";
import { type Ending, LiveSocket } from "./live-socket.ts";
import type { Log } from "./log.ts";
import type { TokenSource } from "./identity.ts";
import type { Way } from "./way.ts";

/** From the beginning of an attempt to `welcome`. */
const attemptMsMax = 15_000;
/** An attempt that is older than this is not worth waiting for when the network has just come back. */
const hangingMs = 2_000;
/** A socket that did not live this long is no success: a server that throws us out at once is left alone longer and longer. */
const stableMs = 5_000;
/** Tokens that may be refused in a row: the one that was held, and a new one. */
const refusedTokensMax = 2;

export interface ConnectionParts {
  readonly way: Way;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly isOnline: () => boolean;
  readonly tokens: TokenSource;
  /** What this page holds, asked for at every `hello`. */
  readonly greeting: () => Pick<CommandOf<"hello">, "epoch" | "streams">;
  /** Called before any event of the new socket. */
  readonly welcomed: (welcome: ReplyOf<"welcome">) => void;
  readonly receive: (event: Event) => void;
  /** A socket that was welcomed is gone. */
  readonly lost: () => void;
}

/**
 * One page's connection to the server, over as many sockets as it takes.
 *
 * It comes back by itself until the server says that there is no point; what it does about each refusal and close is in
 * `#wire/codes.ts`. It keeps no state of streams: every `hello` says anew what the page holds.
 */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #link: LinkLine;
  #socket: LiveSocket | undefined;
  /** When the present attempt began, and then when it was welcomed. */
  #sinceMs = 0;
  /** Raised by whatever makes an attempt that is under way pointless. */
  #attempt = 0;
  #failures = 0;
  #isRunning = false;
  /** An attempt is under way, rather than waited for. */
  #isTrying = false;
  /** In a row. After one the next attempt needs a new token. */
  #refusedTokens = 0;
  /** Our share of the time in which everybody comes back, once the server said goodbye. */
  #returnAfterMs: number | undefined;
  #stopTimer = (): void => undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#link = new LinkLine(parts.clock);
  }

  get link(): ReadonlySignal<Link> {
    return this.#link.signal;
  }

  get isStreamed(): ReadonlySignal<boolean> {
    return this.#parts.way.isStreamed;
  }

  /** The reply, or `lost` where the socket went before it, also where there is none. Never rejects. */
  readonly ask: Ask = (question) => this.#socket?.ask(question) ?? Promise.resolve({ op: "lost" });

  start(): void {
    if (this.#isRunning) return;
    this.#isRunning = true;
    this.#failures = 0;
    this.#refusedTokens = 0;
    this.#link.connecting();
    void this.#connect();
  }

  /** Ends for good; `start` begins again. */
  stop(say: (link: LinkLine) => void): void {
    this.#isRunning = false;
    this.#abandon();
    say(this.#link);
  }

  /** The person, the network or the tab is back: no reason to wait any longer, and none to trust an old socket. */
  hurry(): void {
    if (!this.#isRunning) return;
    if (this.#socket?.isWelcomed) return this.#socket.probe();
    const isYoung = this.#isTrying && this.#parts.clock.now() - this.#sinceMs < hangingMs;
    if (!isYoung) void this.#connect();
  }

  /** The browser lost its network: a dead socket would take a minute to show. */
  suspect(): void {
    this.#socket?.probe();
  }

  async #connect(): Promise<void> {
    this.#abandon();
    const attempt = this.#attempt;
    const { clock, greeting, tokens, way } = this.#parts;
    this.#sinceMs = clock.now();
    this.#isTrying = true;
    this.#returnAfterMs = undefined;
    this.#stopTimer = clock.after(attemptMsMax, () => this.#broke());

    const token = await tokens.token({ fresh: this.#refusedTokens > 0 });
    if (attempt !== this.#attempt) return;
    if ("refused" in token) {
      // Signed out: whoever gave the answer says so to the page and stops us.
      if (token.refused === "unreachable") this.#retry();
      return;
    }
    const open = await way.open();
    if (attempt !== this.#attempt) return;
    const socket = new LiveSocket({
      ...this.#parts,
      open,
      hello: () => ({ op: "hello", ...token, ...greeting() }),
      welcomed: (welcome) => this.#welcomed(welcome),
      receive: (event) => {
        if (event.op === "tokenExpiring") void this.#renew(socket);
        else if (event.op === "goodbye") this.#returnAfterMs = event.returnAfterMs;
        else this.#parts.receive(event);
      },
      ended: (ending) => this.#ended(ending),
    });
    this.#socket = socket;
  }

  #welcomed(welcome: ReplyOf<"welcome">): void {
    if (welcome.version !== protocolVersion) return this.stop((link) => link.outdated());

    this.#stopTimer();
    this.#refusedTokens = 0;
    this.#sinceMs = this.#parts.clock.now();
    this.#link.opened();
    this.#parts.way.welcomed(() => this.#change());
    this.#parts.welcomed(welcome);
  }

  /** Goes over to a better way, as after a break. */
  #change(): void {
    this.#link.broke();
    void this.#connect();
  }

  async #renew(socket: LiveSocket): Promise<void> {
    const token = await this.#parts.tokens.token({ fresh: true });
    if ("refused" in token) return; // The socket lives until the old one ends; then the page is told why.
    const answered = await socket.ask({ op: "renew", ...token });
    if (answered.op === "refusal") this.#parts.log("a new token was refused", answered.code);
  }

  #ended({ action, why, afterMs = 0 }: Ending): void {
    const { tokens } = this.#parts;
    if (action === "nothing") return this.stop((link) => link.outdated());
    if (why === "network") return this.#broke();
    if (action !== "sign_in") return this.#retry({ isAnswer: true, afterMs });

    if (why === "user_inactive") return tokens.ended("inactive");
    if (why === "session_ended") return tokens.ended("left");
    if (++this.#refusedTokens > refusedTokensMax) return tokens.ended("expired");
    return this.#retry();
  }

  /** Nothing came any more, and the server did not say why. */
  #broke(): void {
    if (this.#socket && !this.#socket.isWelcomed) void this.#parts.way.failed();
    this.#retry();
  }

  #retry({ isAnswer = false, afterMs = 0 } = {}): void {
    const { clock, random, isOnline } = this.#parts;
    const isWelcomed = this.#socket?.isWelcomed === true;
    const wasStable = isWelcomed && clock.now() - this.#sinceMs >= stableMs;
    if (wasStable || this.#returnAfterMs !== undefined) this.#failures = 0;
    // Not the network: who comes again soon makes it worse.
    else if (isWelcomed || isAnswer) this.#failures = Math.max(this.#failures, shortRetries);
    this.#abandon();
    this.#isTrying = false;
    const delayMs = this.#returnAfterMs ?? Math.max(afterMs, retryDelayMs(this.#failures, random));
    this.#failures++;
    this.#link.broke();
    this.#link.waiting(isOnline() ? clock.now() + delayMs : undefined);
    this.#stopTimer = clock.after(delayMs, () => void this.#connect());
  }

  #abandon(): void {
    this.#attempt++;
    this.#stopTimer();
    const socket = this.#socket;
    this.#socket = undefined;
    socket?.abandon();
    this.#parts.way.rest();
    if (socket?.isWelcomed) this.#parts.lost();
  }
}

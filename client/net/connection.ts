import type { ReadonlySignal } from "@preact/signals";

import { decodeAnswers, encodeCommand, type Frame } from "#wire/codec.ts";
import { closeNamed, closes, type ClientAction, type RefusalCode, refusals } from "#wire/codes.ts";
import type { Command } from "#wire/command.ts";
import type { Answer, Event, ReplyOf } from "#wire/event.ts";
import { protocolVersion, subprotocols } from "#wire/version.ts";

import type { Clock } from "../store/clock.ts";
import type { Link } from "../store/model.ts";
import { retryDelayMs } from "./backoff.ts";
import { type Answered, type Ask, Calls } from "./calls.ts";
import { Heartbeat } from "./heartbeat.ts";
import { LinkLine } from "./link.ts";
import type { Log } from "./log.ts";
import type { TokenSource } from "./session.ts";

/** From the beginning of an attempt to `welcome`. */
const attemptMsMax = 15_000;
/** A socket that did not live this long does not count as a success: a server that throws us out at once is left alone longer. */
const stableMs = 5_000;

/** What a WebSocket itself says of a frame that is too large (RFC 6455, 7.4.1). */
const tooLargeNumber = 1009;

export interface ConnectionParts {
  readonly url: string;
  readonly WebSocket: typeof WebSocket;
  readonly clock: Clock;
  readonly random: () => number;
  readonly log: Log;
  readonly isOnline: () => boolean;
  readonly tokens: TokenSource;
  /** What this page holds, asked for at every `hello`. */
  readonly greeting: () => Pick<Command & { op: "hello" }, "epoch" | "streams">;
  /** Called before any event of the new socket. */
  readonly welcomed: (welcome: ReplyOf<"welcome">) => void;
  readonly receive: (event: Event) => void;
  /** A socket that was welcomed is gone. */
  readonly lost: () => void;
}

interface Living {
  readonly socket: WebSocket;
  readonly calls: Calls;
  heartbeat: Heartbeat | undefined;
  welcomedAt: number;
}

/**
 * One page's way to the server, over as many sockets as it takes.
 *
 * It comes back by itself until the server says that there is no point; what it does about each refusal and close is in
 * `#wire/codes.ts`. It keeps no state of streams: every `hello` says anew what the page holds.
 */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #link: LinkLine;
  #living: Living | undefined;
  /** Raised by whatever makes an attempt that is under way pointless. */
  #attempt = 0;
  #failures = 0;
  #isRunning = false;
  /** The last token was refused: the next attempt needs a new one. A second refusal in a row is an end. */
  #refusedTokens = 0;
  #stopTimer = (): void => undefined;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#link = new LinkLine(parts.clock);
  }

  get link(): ReadonlySignal<Link> {
    return this.#link.signal;
  }

  /** The reply, or `lost` where the socket went before it, also where there is none. Never rejects. */
  readonly ask: Ask = (question) => {
    const calls = this.#living?.heartbeat && this.#living.calls;
    if (!calls) return Promise.resolve({ op: "lost" });
    return calls.ask(question);
  };

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
    if (this.#living) return this.#living.heartbeat?.probe();
    void this.#connect();
  }

  /** The browser lost its network: a dead socket would take a minute to show. */
  suspect(): void {
    this.#living?.heartbeat?.probe();
  }

  async #connect(): Promise<void> {
    this.#abandon();
    const attempt = this.#attempt;
    const { clock, tokens, WebSocket: Socket, url } = this.#parts;
    this.#stopTimer = clock.after(attemptMsMax, () => this.#retry());

    const token = await tokens.token({ fresh: this.#refusedTokens > 0 });
    if (attempt !== this.#attempt) return;
    if ("refused" in token) {
      // Signed out: whoever gave the answer says so to the page and stops us.
      if (token.refused === "unreachable") this.#retry();
      return;
    }
    const socket = new Socket(url, subprotocols.binary);
    socket.binaryType = "arraybuffer";
    const send = (command: Command): void => socket.send(encodeCommand(command) as BufferSource);
    const living: Living = { socket, calls: new Calls(send), heartbeat: undefined, welcomedAt: 0 };
    this.#living = living;
    const ifLiving =
      <Arguments extends unknown[]>(act: (...given: Arguments) => void) =>
      (...given: Arguments): void => {
        if (this.#living === living) act(...given);
      };
    socket.addEventListener(
      "open",
      ifLiving(() => this.#greet(living, token.token)),
    );
    socket.addEventListener(
      "message",
      ifLiving(({ data }) => this.#hear(living, data)),
    );
    socket.addEventListener(
      "close",
      ifLiving(({ code }) => this.#closed(code)),
    );
  }

  #greet({ calls }: Living, token: string): void {
    void calls.ask({ op: "hello", token, ...this.#parts.greeting() }).then((answered) => {
      if (answered.op === "refusal") this.#act(refusals[answered.code].client, answered.code);
      return undefined;
    });
  }

  #hear(living: Living, data: ArrayBuffer | string): void {
    living.heartbeat?.heard();
    const frame: Frame = typeof data === "string" ? data : new Uint8Array(data);
    try {
      for (const answer of decodeAnswers(frame)) this.#take(living, answer);
    } catch (error) {
      this.#parts.log("a frame could not be read or applied", error);
      this.#retry();
    }
  }

  #take(living: Living, answer: Answer): void {
    if (this.#living !== living) return;
    if (answer.op === "welcome") this.#welcomed(living, answer);
    if ("ref" in answer) living.calls.answer(answer);
    else if (answer.op === "tokenExpiring") void this.#renew(living);
    else this.#parts.receive(answer);
  }

  #welcomed(living: Living, welcome: ReplyOf<"welcome">): void {
    const { clock, welcomed } = this.#parts;
    if (welcome.version !== protocolVersion) return this.stop((link) => link.outdated());

    this.#stopTimer();
    this.#refusedTokens = 0;
    living.welcomedAt = clock.now();
    living.calls.inFlightMax = welcome.inFlightMax;
    living.heartbeat = new Heartbeat({
      clock,
      ping: () => void living.calls.ask({ op: "ping" }),
      dead: () => this.#retry(),
      heartbeatMs: welcome.heartbeatSeconds * 1_000,
      idleMsMax: welcome.idleSecondsMax * 1_000,
    });
    this.#link.opened();
    welcomed(welcome);
  }

  async #renew(living: Living): Promise<void> {
    const token = await this.#parts.tokens.token({ fresh: true });
    if (this.#living !== living || "refused" in token) return;
    const answered: Answered = await living.calls.ask({ op: "renew", token: token.token });
    if (answered.op === "refusal") this.#parts.log("a new token was refused", answered.code);
  }

  #closed(number: number): void {
    const name = number === tooLargeNumber ? "frame_too_large" : closeNamed(number);
    // Without one of our codes it was the network, a proxy or a crash.
    this.#act(name ? closes[name].client : "retry", name ?? "restart");
  }

  #act(action: ClientAction, code: RefusalCode | keyof typeof closes): void {
    if (action === "nothing") return this.stop((link) => link.outdated());
    if (action === "sign_in") {
      if (code === "user_inactive") return this.#parts.tokens.ended("inactive");
      if (code === "session_ended") return this.#parts.tokens.ended("left");
      this.#refusedTokens++;
      if (this.#refusedTokens > 2) return this.#parts.tokens.ended("expired");
    }
    return this.#retry();
  }

  #retry(): void {
    const { clock, random, isOnline } = this.#parts;
    const { welcomedAt = 0 } = this.#living ?? {};
    if (welcomedAt > 0 && clock.now() - welcomedAt >= stableMs) this.#failures = 0;
    this.#abandon();
    const delayMs = retryDelayMs(this.#failures++, random);
    this.#link.broke();
    this.#link.waiting(isOnline() ? clock.now() + delayMs : undefined);
    this.#stopTimer = clock.after(delayMs, () => void this.#connect());
  }

  /** Forgets the socket without waiting for it: on a dead network its closing can take minutes. */
  #abandon(): void {
    this.#attempt++;
    this.#stopTimer();
    const living = this.#living;
    this.#living = undefined;
    living?.heartbeat?.stop();
    living?.calls.lose();
    living?.socket.close();
    if (living?.heartbeat) this.#parts.lost();
  }
}

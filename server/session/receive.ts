import { CommandError, decodeCommands, type Frame } from "#wire/codec.ts";
import { type Refusal, refusals } from "#wire/codes.ts";
import type { Command } from "#wire/command.ts";
import type { Reply } from "#wire/event.ts";
import { limits } from "#wire/limits.ts";
import { WireError } from "#wire/schema.ts";
import { log } from "../observe/log.ts";
import type { Pace, SocketPace } from "./pace.ts";
import type { Session } from "./session.ts";

type WithoutRef<Of> = Of extends unknown ? Omit<Of, "ref"> : never;
/** What a handler answers: a reply, or the answer that says no. */
export type Answered = WithoutRef<Reply> | Refusal;

/** How a command is being carried out. */
export interface Handling {
  readonly reply: Answered | Promise<Answered>;
  /** The next command of this session waits for it. Absent where this one has taken its place already. */
  readonly entered?: Promise<unknown>;
  /** Runs after the reply was sent. The next command waits for it. */
  readonly then?: () => Promise<void>;
}

export type Dispatch = (session: Session, command: Command) => Handling;

/** Sooner nobody needs to ask again. */
const retryMsMin = 1_000;

/**
 * Takes the frames of one session: decodes, keeps the window and the pace, and hands each command to its handler in the order of arrival. The next one
 * goes when the one before has *entered* (a `send` its batch, others their end), not when it is committed.
 */
export class Receiver {
  readonly #session: Session;
  readonly #dispatch: Dispatch;
  readonly #pace: SocketPace;
  readonly #now: () => number;
  readonly #waiting: Command[] = [];
  #isRunning = false;
  #inFlight = 0;

  constructor(session: Session, dispatch: Dispatch, pace: Pace, now: () => number) {
    this.#session = session;
    this.#dispatch = dispatch;
    this.#pace = pace.ofSocket(session);
    this.#now = now;
  }

  /** One frame, never throws. */
  receive(frame: Frame): void {
    const session = this.#session;
    if (session.isClosed) return;

    session.heardAtMs = this.#now();
    if ((typeof frame === "string") !== (session.encoding === "json")) {
      return session.close("protocol_error");
    }
    const bytes = Buffer.byteLength(frame);
    if (session.identity === undefined && bytes > limits.helloBytesMax) {
      return session.close("frame_too_large");
    }
    const commands = this.#decode(frame);
    const waitMs = this.#pace.frame(bytes);
    if (waitMs > 0) return this.#refuseAll(commands, bytes, waitMs);
    for (const command of commands) this.#receive(command);
  }

  #receive(command: Command | CommandError): void {
    const isRead = !(command instanceof CommandError);
    const waitMs = this.#pace.command(isRead ? command : undefined);
    if (waitMs > 0) return this.#slowDown(command.ref, waitMs);
    if (isRead) return this.#take(command);
    this.#reply(command.ref, { refused: "malformed", detail: command.message });
  }

  /** The frame itself is too much, whatever it says. */
  #refuseAll(commands: readonly { ref: number }[], bytes: number, retryAfterMs: number): void {
    if (!this.#pace.bears(commands.length, bytes)) return this.#session.close("slow_down");
    for (const { ref } of commands) this.#reply(ref, { refused: "slow_down", retryAfterMs });
  }

  /** A frame that the engine has answered by itself, as it does pings. */
  controlled(bytes: number): void {
    if (this.#pace.frame(bytes) > 0 && !this.#pace.bears(1, bytes))
      this.#session.close("slow_down");
  }

  #decode(frame: Frame): (Command | CommandError)[] {
    try {
      return decodeCommands(frame);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      log.info("a frame was not of the protocol", { why: error.message });
      this.#session.close("protocol_error");
      return [];
    }
  }

  #take(command: Command): void {
    if (this.#inFlight >= limits.inFlightMax) return this.#slowDown(command.ref, retryMsMin);
    this.#inFlight++;
    this.#waiting.push(command);
    if (!this.#isRunning) void this.#run();
  }

  #slowDown(ref: number, retryAfterMs: number): void {
    if (!this.#pace.bears(1)) return this.#session.close("slow_down");
    this.#reply(ref, { refused: "slow_down", retryAfterMs });
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    for (let command = this.#waiting.shift(); command; command = this.#waiting.shift()) {
      if (this.#session.isClosed) continue;
      const handling = this.#handle(command);
      const settled = this.#settle(command, handling);
      if (handling.then) await settled;
      else if (handling.entered) await handling.entered.catch(() => undefined);
    }
    this.#isRunning = false;
  }

  #handle(command: Command): Handling {
    try {
      return this.#dispatch(this.#session, command);
    } catch (error) {
      return { reply: unknownAfter(command, error) };
    }
  }

  async #settle(command: Command, handling: Handling): Promise<void> {
    try {
      const answered = await this.#answer(command, handling);
      // Answered, it leaves the window: what runs after the reply is not the client's to wait for.
      this.#inFlight--;
      this.#reply(command.ref, answered);
      await handling.then?.();
    } catch (error) {
      // It was told to go on and can't: it comes back with its cursors and asks again.
      log.error("a command failed after its reply", { command: command.op, error });
      this.#session.close("behind");
    }
  }

  async #answer(command: Command, { reply }: Handling): Promise<Answered> {
    try {
      return await reply;
    } catch (error) {
      return unknownAfter(command, error);
    }
  }

  #reply(ref: number, answered: Answered): void {
    if (!("refused" in answered)) return this.#session.send({ ...answered, ref });

    const { refused, detail, retryAfterMs = 0 } = answered;
    this.#session.send({
      op: "refusal",
      ref,
      code: refused,
      detail: (detail ?? refusals[refused].sentence).slice(0, 1_000),
      retryAfterMs: refusals[refused].client === "retry" ? Math.max(retryAfterMs, retryMsMin) : 0,
    });
  }
}

/** What the handler had begun may be done: only "unknown" is true. */
function unknownAfter({ op }: Command, error: unknown): Refusal {
  log.error("a command failed", { command: op, error });
  return { refused: "unavailable" };
}

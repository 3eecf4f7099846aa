import { CommandError, decodeCommands, type Frame } from "#wire/codec.ts";
import { type Refusal, refusals } from "#wire/codes.ts";
import type { Command } from "#wire/command.ts";
import type { Reply } from "#wire/event.ts";
import { limits } from "#wire/limits.ts";
import { WireError } from "#wire/schema.ts";
import { log } from "../observe/log.ts";
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

/** Refusals of `slow_down` that a client may collect while its window is full, before it is closed. */
const patience = 4 * limits.inFlightMax;

/**
 * Takes the frames of one session: decodes, keeps the window, and hands each command to its handler in the order of arrival. The next one
 * goes when the one before has *entered* (a `send` its batch, others their end), not when it is committed.
 */
export class Receiver {
  readonly #session: Session;
  readonly #dispatch: Dispatch;
  readonly #now: () => number;
  readonly #waiting: Command[] = [];
  #isRunning = false;
  #inFlight = 0;
  #impatience = 0;

  constructor(session: Session, dispatch: Dispatch, now: () => number) {
    this.#session = session;
    this.#dispatch = dispatch;
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
    if (session.identity === undefined && Buffer.byteLength(frame) > limits.helloBytesMax) {
      return session.close("frame_too_large");
    }
    for (const command of this.#decode(frame)) {
      if (command instanceof CommandError) {
        this.#reply(command.ref, { refused: "malformed", detail: command.message });
      } else this.#take(command);
    }
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
    if (this.#inFlight >= limits.inFlightMax) {
      this.#impatience++;
      if (this.#impatience > patience) return this.#session.close("slow_down");
      return this.#reply(command.ref, { refused: "slow_down" });
    }
    this.#inFlight++;
    this.#waiting.push(command);
    if (!this.#isRunning) void this.#run();
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
      if (this.#inFlight === 0) this.#impatience = 0;
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

    const { refused, detail } = answered;
    this.#session.send({
      op: "refusal",
      ref,
      code: refused,
      detail: (detail ?? refusals[refused].sentence).slice(0, 1_000),
      retryAfterMs: refusals[refused].client === "retry" ? 1_000 : 0,
    });
  }
}

/** What the handler had begun may be done: only "unknown" is true. */
function unknownAfter({ op }: Command, error: unknown): Refusal {
  log.error("a command failed", { command: op, error });
  return { refused: "unavailable" };
}

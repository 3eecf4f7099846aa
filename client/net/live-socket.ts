import { decodeAnswers, type Frame } from "#wire/codec.ts";
import { closeNamed, closes, type ClientAction, refusals } from "#wire/codes.ts";
import type { Answer, Event, ReplyOf } from "#wire/event.ts";

import type { Clock } from "../store/clock.ts";
import { type Answered, Calls, type Question } from "./calls.ts";
import type { Carrier, OpenCarrier } from "./carrier.ts";
import { Heartbeat } from "./heartbeat.ts";
import type { Log } from "./log.ts";

/** What a WebSocket itself says of a frame that is too large (RFC 6455, 7.4.1). */
const tooLargeNumber = 1009;

/** Why a socket is of no use any more, and what to do about it. */
export interface Ending {
  readonly action: ClientAction;
  readonly why: keyof typeof closes | keyof typeof refusals | "network";
  /** Sooner the server does not want to see us again. */
  readonly afterMs?: number;
}

interface Parts {
  readonly open: OpenCarrier;
  readonly clock: Clock;
  readonly log: Log;
  /** Asked for when the socket is open, so that it names what is held then. */
  readonly hello: () => Question;
  readonly welcomed: (welcome: ReplyOf<"welcome">) => void;
  readonly receive: (event: Event) => void;
  /** Called at most once, and nothing is called afterwards. */
  readonly ended: (ending: Ending) => void;
}

/** One connection, from its opening to its end: greets, matches replies to commands, and notices when it is dead. */
export class LiveSocket {
  readonly #parts: Parts;
  readonly #carrier: Carrier;
  readonly #calls: Calls;
  #heartbeat: Heartbeat | undefined;
  #isOver = false;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#calls = new Calls((command) => this.#carrier.send(command));
    this.#carrier = parts.open({
      opened: () => void this.#greet(),
      heard: (frame) => this.#hear(frame),
      closed: (number) => this.#closed(number),
    });
  }

  get isWelcomed(): boolean {
    return this.#heartbeat !== undefined;
  }

  /** The reply, or `lost` where the socket went before it, or is not welcomed yet. Never rejects. */
  ask(question: Question): Promise<Answered> {
    return this.isWelcomed ? this.#calls.ask(question) : Promise.resolve({ op: "lost" });
  }

  /** Finds out soon whether it still lives. */
  probe(): void {
    this.#heartbeat?.probe();
  }

  /** Forgets it without waiting: on a dead network its closing can take minutes. */
  abandon(): void {
    this.#isOver = true;
    this.#heartbeat?.stop();
    this.#calls.lose();
    this.#carrier.close();
  }

  async #greet(): Promise<void> {
    if (this.#isOver) return;
    const answered = await this.#calls.ask(this.#parts.hello());
    if (answered.op !== "refusal") return;
    const { code, retryAfterMs } = answered;
    this.#end({ action: refusals[code].client, why: code, afterMs: retryAfterMs });
  }

  #hear(frame: Frame): void {
    if (this.#isOver) return;
    this.#heartbeat?.heard();
    try {
      for (const answer of decodeAnswers(frame)) this.#take(answer);
    } catch (error) {
      this.#parts.log("a frame could not be read or applied", error);
      this.#end({ action: "retry", why: "network" });
    }
  }

  #take(answer: Answer): void {
    if (this.#isOver) return;
    if (answer.op === "welcome") this.#welcome(answer);
    if ("ref" in answer) this.#calls.answer(answer);
    else this.#parts.receive(answer);
  }

  #welcome(welcome: ReplyOf<"welcome">): void {
    this.#calls.inFlightMax = welcome.inFlightMax;
    this.#heartbeat = new Heartbeat({
      clock: this.#parts.clock,
      ping: () => void this.#calls.ask({ op: "ping" }),
      dead: () => this.#end({ action: "retry", why: "network" }),
      heartbeatMs: welcome.heartbeatSeconds * 1_000,
      idleMsMax: welcome.idleSecondsMax * 1_000,
    });
    this.#parts.welcomed(welcome);
  }

  #closed(number: number): void {
    const name = number === tooLargeNumber ? "frame_too_large" : closeNamed(number);
    // Without one of our codes it was the network, a proxy or a crash.
    this.#end(
      name ? { action: closes[name].client, why: name } : { action: "retry", why: "network" },
    );
  }

  #end(ending: Ending): void {
    if (this.#isOver) return;
    this.abandon();
    this.#parts.ended(ending);
  }
}

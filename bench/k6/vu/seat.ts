import { encodeCommand } from "#wire/codec.ts";
import type { ReplyName, ReplyOf } from "#wire/event.ts";
import type { Seq, StreamId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { subprotocols } from "#wire/version.ts";
import { WebSocket } from "k6/websockets";
import { Asker, type Question } from "./asker.ts";
import { nowMs } from "./clock.ts";
import { closeInTheEnd, fault } from "./measure.ts";
import { plan } from "./plan.ts";
import { intervalIn, intervalOf, type SharedInterval } from "./shared.ts";
import { type Told, toldIn } from "./told.ts";

/** Somebody who is there, by whichever way, until the end. */
export interface Present {
  ask(question: Question): Promise<Told>;
}

export interface SeatOptions {
  readonly token: string;
  /** What is held, and in which epoch. */
  readonly epoch?: string;
  readonly cursors?: readonly { readonly stream: StreamId; readonly cursor: Seq }[];
  /** Every event as it comes, but intervals. */
  readonly heard?: (told: Told) => void;
  readonly interval?: (interval: SharedInterval, atMs: number) => void;
}

/** One socket of somebody: greeted, and beating as the protocol asks for. */
export class Seat implements Present {
  readonly #socket: WebSocket;
  readonly #asker: Asker;
  readonly #options: SeatOptions;
  readonly #caughtUp: Promise<void>;
  readonly #ended: Promise<void>;
  #catchUp!: () => void;
  #end!: () => void;
  readonly #opened: ReturnType<typeof closeInTheEnd>;
  #beat: ReturnType<typeof setInterval> | undefined;
  #isLeaving = false;
  userId = 0 as UserId;
  epoch = "";

  private constructor(options: SeatOptions) {
    this.#options = options;
    this.#caughtUp = new Promise((resolve) => (this.#catchUp = resolve));
    this.#ended = new Promise((resolve) => (this.#end = resolve));
    this.#socket = new WebSocket(`${plan.url.replace(/^http/, "ws")}/ws`, null, {
      headers: { "Sec-WebSocket-Protocol": subprotocols.binary },
      tags: { name: "socket" },
    });
    this.#socket.binaryType = "arraybuffer" as WebSocket["binaryType"];
    this.#opened = closeInTheEnd(() => void this.leave());
    this.#asker = new Asker((command) => {
      // An array of its own: what the codec returns lies in a larger one.
      this.#socket.send(encodeCommand(command).slice().buffer);
    });
  }

  /** Opens it and says hello. Resolves when all that is missed has come; rejects where the server does not take it. */
  static async open(options: SeatOptions): Promise<Seat> {
    const seat = new Seat(options);
    await seat.#greet();
    return seat;
  }

  ask(question: Question): Promise<Told> {
    return this.#asker.ask(question);
  }

  gets<Name extends ReplyName>(name: Name, question: Question): Promise<ReplyOf<Name>> {
    return this.#asker.gets(name, question);
  }

  async leave(): Promise<void> {
    this.#isLeaving = true;
    this.#socket.close();
    await this.#ended;
  }

  async #greet(): Promise<void> {
    const { token, epoch = "", cursors = [] } = this.#options;
    const failed = new Promise<never>((_, reject) => {
      this.#socket.addEventListener("error", (event) =>
        reject(new Error("error" in event ? event.error : "the socket failed")),
      );
      this.#socket.addEventListener("close", () => reject(new Error("the socket was closed")));
    });
    failed.catch(() => undefined); // Only until it is greeted somebody waits for that.
    this.#socket.addEventListener("close", () => this.#close());
    this.#socket.addEventListener("message", (event) => {
      if ("data" in event) this.#receive(event.data as ArrayBuffer);
    });
    await Promise.race([
      failed,
      new Promise<void>((resolve) => this.#socket.addEventListener("open", () => resolve())),
    ]);
    const welcome = await this.#asker.gets("welcome", {
      op: "hello",
      token,
      epoch,
      streams: [...cursors],
    });
    this.userId = welcome.user;
    this.epoch = welcome.epoch;
    await Promise.race([failed, this.#caughtUp]);
    this.#beat = setInterval(
      () => void this.ask({ op: "ping" }).catch(() => undefined), // Who has ended says so by itself.
      limits.heartbeatSeconds * 1_000,
    );
  }

  #receive(frame: ArrayBuffer): void {
    const atMs = nowMs();
    const interval = intervalIn(frame);
    if (interval) return this.#options.interval?.(interval, atMs);
    for (const told of toldIn(new Uint8Array(frame), atMs)) {
      if (this.#asker.answer(told)) continue;
      if (told.op === "interval") {
        this.#options.interval?.(intervalOf(told.values()), atMs); // One of a bundle.
        continue;
      }
      this.#options.heard?.(told);
      if (told.op === "caughtUp") this.#catchUp();
    }
  }

  #close(): void {
    this.#opened.closed();
    if (this.#beat !== undefined) {
      clearInterval(this.#beat);
      if (!this.#isLeaving) fault("a socket ended by itself");
    }
    this.#asker.end(new Error("the socket was closed"));
    this.#end();
  }
}

import { encodeCommand } from "#wire/codec.ts";
import type { CommandName, CommandOf } from "#wire/command.ts";
import type { Event, Reply, ReplyName, ReplyOf } from "#wire/event.ts";
import type { Seq, StreamId, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { subprotocols } from "#wire/version.ts";
import { readShared } from "./shared-frames.ts";

type Question = { [Name in CommandName]: Omit<CommandOf<Name>, "ref"> }[CommandName];

export interface SocketOptions {
  readonly url: string;
  readonly token: string;
  /** What is held, and in which epoch. */
  readonly epoch?: string;
  readonly cursors?: readonly { readonly stream: StreamId; readonly cursor: Seq }[];
  /** Every event as it comes, `caughtUp` included. */
  heard?(event: Event): void;
  /** It was greeted and has ended. */
  closed?(): void;
}

interface Waiter {
  readonly resolve: (reply: Reply) => void;
  readonly reject: (error: Error) => void;
}

const alive = new Set<LoadSocket>();
let heartbeat: Timer | undefined;

/** One socket of somebody: greeted, and beating as the protocol asks for. */
export class LoadSocket {
  readonly #options: SocketOptions;
  readonly #socket: WebSocket;
  readonly #replies = new Map<number, Waiter>();
  readonly #welcomed = Promise.withResolvers<void>();
  readonly #caughtUp = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void>();
  userId = 0 as UserId;
  epoch = "";
  /** Frames that came. */
  frames = 0;
  #ref = 0;

  private constructor(options: SocketOptions) {
    this.#options = options;
    this.#socket = new WebSocket(`${options.url.replace(/^http/, "ws")}/ws`, subprotocols.binary);
    this.#socket.binaryType = "arraybuffer";
    this.#socket.addEventListener("open", () => void this.#hello());
    this.#socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) =>
      this.#receive(new Uint8Array(data)),
    );
    this.#socket.addEventListener("close", ({ code, reason }) => this.#close(code, reason));
  }

  /** Opens it and says hello. Resolves when all that is missed has come; rejects where the server does not take it. */
  static async open(options: SocketOptions): Promise<LoadSocket> {
    const socket = new LoadSocket(options);
    await socket.#welcomed.promise;
    await socket.#caughtUp.promise;
    alive.add(socket);
    heartbeat ??= setInterval(beat, limits.heartbeatSeconds * 1_000).unref();
    return socket;
  }

  /** The reply, which may be a refusal. Rejects when the socket ends before. */
  command(question: Question): Promise<Reply> {
    const ref = ++this.#ref;
    const replied = new Promise<Reply>((resolve, reject) =>
      this.#replies.set(ref, { resolve, reject }),
    );
    this.#socket.send(encodeCommand({ ...question, ref }) as Uint8Array<ArrayBuffer>);
    return replied;
  }

  /** The same where only one reply will do. */
  async gets<Name extends ReplyName>(name: Name, question: Question): Promise<ReplyOf<Name>> {
    const reply = await this.command(question);
    if (reply.op === "refusal") throw new Error(`refused by ${reply.code}: ${reply.detail}`);
    if (reply.op !== name) throw new Error(`expected ${name}, got ${reply.op}`);
    return reply as ReplyOf<Name>;
  }

  /** Leaves as a page does that is closed. */
  async leave(): Promise<void> {
    this.#socket.close();
    await this.#ended.promise;
  }

  /** The network is gone from one moment to the next. */
  reset(): void {
    // Bun's own: a browser's WebSocket cannot.
    (this.#socket as WebSocket & { terminate(): void }).terminate();
  }

  async #hello(): Promise<void> {
    const { token, epoch = "", cursors = [] } = this.#options;
    try {
      const welcome = await this.gets("welcome", {
        op: "hello",
        token,
        epoch,
        streams: [...cursors],
      });
      this.userId = welcome.user;
      this.epoch = welcome.epoch;
      this.#welcomed.resolve();
    } catch (error) {
      this.#welcomed.reject(error);
    }
  }

  #receive(bytes: Uint8Array): void {
    this.frames++;
    for (const answer of readShared(bytes)) {
      if ("ref" in answer) {
        this.#replies.get(answer.ref)?.resolve(answer);
        this.#replies.delete(answer.ref);
        continue;
      }
      this.#options.heard?.(answer);
      if (answer.op === "caughtUp") this.#caughtUp.resolve();
    }
  }

  #close(code: number, reason: string): void {
    const error = new Error(`the socket was closed with ${code} ${reason}`);
    for (const { reject } of this.#replies.values()) reject(error);
    this.#replies.clear();
    const wasGreeted = alive.delete(this);
    this.#welcomed.reject(error);
    this.#caughtUp.reject(error);
    // Of those two only one is waited for.
    this.#welcomed.promise.catch(() => undefined);
    this.#caughtUp.promise.catch(() => undefined);
    this.#ended.resolve();
    if (wasGreeted) this.#options.closed?.();
  }
}

function beat(): void {
  for (const socket of alive) {
    // Who has ended meanwhile says so by itself.
    socket.command({ op: "ping" }).catch(() => undefined);
  }
}

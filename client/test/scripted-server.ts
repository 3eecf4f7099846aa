import { decodeCommands, encodeAnswer } from "#wire/codec.ts";
import type { Command, CommandName, CommandOf } from "#wire/command.ts";
import type { Answer, ReplyOf } from "#wire/event.ts";
import type { UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { protocolVersion, subprotocols } from "#wire/version.ts";

import { Queue } from "./queue.ts";

/** One socket as its server sees it: a test hears what was said and says what it likes. */
export class ServerSocket {
  readonly commands = new Queue<Command>();
  readonly ended = Promise.withResolvers<number>();
  readonly #socket: Bun.ServerWebSocket<unknown>;
  readonly #protocol: string;

  constructor(socket: Bun.ServerWebSocket<unknown>, protocol: string) {
    this.#socket = socket;
    this.#protocol = protocol;
  }

  get protocol(): string {
    return this.#protocol;
  }

  /** The next command of this name, whenever it came. */
  hears<Name extends CommandName>(op: Name): Promise<CommandOf<Name>> {
    return this.commands.next((command) => command.op === op) as Promise<CommandOf<Name>>;
  }

  says(...answers: Answer[]): void {
    for (const answer of answers) this.#socket.send(encodeAnswer(answer));
  }

  saysBytes(bytes: Uint8Array): void {
    this.#socket.send(bytes);
  }

  /** Answers the `hello`; returns it. */
  async welcomes(welcome: Partial<ReplyOf<"welcome">> = {}): Promise<CommandOf<"hello">> {
    const hello = await this.hears("hello");
    this.says({ ...usualWelcome, ref: hello.ref, ...welcome });
    return hello;
  }

  ends(code: number): void {
    this.#socket.close(code);
  }

  /** Without a closing handshake, as a crash or a proxy does it. */
  breaks(): void {
    this.#socket.terminate();
  }
}

const usualWelcome: ReplyOf<"welcome"> = {
  op: "welcome",
  ref: 1,
  version: protocolVersion,
  epoch: "first",
  user: 1 as UserId,
  now: 0,
  server: "0.1.0",
  heartbeatSeconds: limits.heartbeatSeconds,
  idleSecondsMax: limits.idleSecondsMax,
  inFlightMax: limits.inFlightMax,
  frameBytesMax: limits.frameBytesMax,
  bodyCharsMax: limits.bodyCharsMax,
};

/** A server that does nothing by itself. */
export class ScriptedServer implements AsyncDisposable {
  readonly #sockets = new Queue<ServerSocket>();
  readonly #server = Bun.serve<{ served?: ServerSocket; protocol: string }>({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request, server) {
      const protocol = request.headers.get("sec-websocket-protocol") ?? "";
      const headers = { "sec-websocket-protocol": subprotocols.binary };
      if (server.upgrade(request, { data: { protocol }, headers })) return undefined;
      return new Response(undefined, { status: 404 });
    },
    websocket: {
      open: (socket) => {
        const served = new ServerSocket(socket, socket.data.protocol);
        socket.data.served = served;
        this.#sockets.add(served);
      },
      message: (socket, frame) => {
        for (const command of decodeCommands(new Uint8Array(frame as Buffer))) {
          if (command instanceof Error) throw command;
          socket.data.served!.commands.add(command);
        }
      },
      close: (socket, code) => socket.data.served!.ended.resolve(code),
    },
  });

  get origin(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  /** The next socket that a client opens. */
  socket(): Promise<ServerSocket> {
    return this.#sockets.next();
  }

  get socketCount(): number {
    return this.#sockets.all.length;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.stop(true);
  }
}

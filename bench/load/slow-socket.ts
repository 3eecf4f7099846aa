import { connect, type Socket } from "node:net";
import { decodeAnswers, encodeCommand } from "#wire/codec.ts";
import type { Command } from "#wire/command.ts";
import type { Answer } from "#wire/event.ts";
import { subprotocols } from "#wire/version.ts";

const tickMs = 250;

export interface SlowSocketOptions {
  readonly url: string;
  /** Asked anew each time. */
  bytesPerSecond(): number;
  heard(answer: Answer): void;
  closed(): void;
}

/** A WebSocket by hand (RFC 6455) that reads as slowly as it is told: what it does not read stays in the kernels, and then at the server. */
export class SlowSocket {
  readonly #socket: Socket;
  readonly #options: SlowSocketOptions;
  readonly #stop: () => void;
  #bytes = Buffer.alloc(0);
  #isOpen = false;
  /** Said before the server had taken the socket. */
  readonly #waiting: Buffer[] = [];
  /** Bytes that may still be read; what one chunk takes too much is waited for. */
  #allowance = 0;

  private constructor(socket: Socket, options: SlowSocketOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on("data", (bytes: Buffer) => this.#read(bytes));
    socket.on("error", () => undefined); // Its end is told by "close".
    socket.on("close", () => {
      this.#stop();
      options.closed();
    });
    const timer = setInterval(() => this.#allow(), tickMs);
    this.#stop = () => clearInterval(timer);
  }

  static open(options: SlowSocketOptions): SlowSocket {
    const { hostname, port } = new URL(options.url);
    const socket = connect(Number(port), hostname);
    const lines = [
      "GET /ws HTTP/1.1",
      `Host: ${hostname}:${port}`,
      "Upgrade: websocket",
      "Connection: Upgrade",
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString("base64")}`,
      "Sec-WebSocket-Version: 13",
      `Sec-WebSocket-Protocol: ${subprotocols.binary}`,
    ];
    socket.write(`${lines.join("\r\n")}\r\n\r\n`);
    return new SlowSocket(socket, options);
  }

  send(command: Command): void {
    const frame = frameOf(encodeCommand(command));
    if (this.#isOpen) this.#socket.write(frame);
    else this.#waiting.push(frame);
  }

  end(): void {
    this.#socket.destroy();
  }

  #allow(): void {
    const perTick = (this.#options.bytesPerSecond() * tickMs) / 1_000;
    this.#allowance = Math.min(this.#allowance + perTick, perTick);
    if (this.#allowance > 0) this.#socket.resume();
  }

  #read(bytes: Buffer): void {
    this.#allowance -= bytes.length;
    if (this.#allowance <= 0) this.#socket.pause();
    this.#bytes = Buffer.concat([this.#bytes, bytes]);
    if (!this.#isOpen) {
      const end = this.#bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.#isOpen = true;
      for (const frame of this.#waiting.splice(0)) this.#socket.write(frame);
      this.#bytes = this.#bytes.subarray(end + 4);
    }
    for (let frame = this.#takeFrame(); frame; frame = this.#takeFrame()) {
      if (frame.isBinary)
        for (const answer of decodeAnswers(frame.bytes)) this.#options.heard(answer);
    }
  }

  /** Section 5.2: a server's frames are neither masked nor, from this server, in pieces. */
  #takeFrame(): { isBinary: boolean; bytes: Uint8Array } | undefined {
    const held = this.#bytes;
    if (held.length < 2) return undefined;
    const short = held[1]! & 0x7f;
    const head = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (held.length < head) return undefined;
    const length =
      short < 126 ? short : short === 126 ? held.readUInt16BE(2) : held.readUInt32BE(6);
    if (held.length < head + length) return undefined;
    this.#bytes = held.subarray(head + length);
    return {
      isBinary: (held[0]! & 0x0f) === 2,
      bytes: new Uint8Array(held.subarray(head, head + length)),
    };
  }
}

/** Masked by zeros, which is a mask like every other. */
function frameOf(bytes: Uint8Array): Buffer {
  const head =
    bytes.length < 126
      ? Buffer.of(0x82, 0x80 | bytes.length)
      : Buffer.of(0x82, 0x80 | 126, bytes.length >> 8, bytes.length & 0xff);
  return Buffer.concat([head, Buffer.alloc(4), bytes]);
}

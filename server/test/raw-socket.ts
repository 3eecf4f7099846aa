import { connect, type Socket } from "node:net";
import { decodeAnswers } from "#wire/codec.ts";
import type { Answer } from "#wire/event.ts";
import { type HeardFrame, handshakeOf, opcodes, takeFrame } from "./websocket-bytes.ts";

/** What stands for a close frame without a number (RFC 6455, 7.1.5). */
const noCode = 1005;

/** One TCP connection to a server, over which a test says whatever bytes it likes. */
export class RawSocket implements Disposable {
  /** The answer to the handshake, up to the empty line. */
  head = "";
  /** Frames that came after it, in order. */
  readonly frames: HeardFrame[] = [];
  /** Resolves when the server has ended the connection: to the number in its close frame, or "cut" where none came. */
  readonly ended: Promise<number | "cut">;
  /** Whether it has. */
  isOver = false;
  readonly #socket: Socket;
  #held = Buffer.alloc(0);
  #look: () => void = () => undefined;

  private constructor(url: string) {
    const { hostname, port } = new URL(url);
    this.#socket = connect(Number(port), hostname);
    this.#socket.on("data", (bytes: Buffer) => {
      this.#held = Buffer.concat([this.#held, bytes]);
      this.#read();
      this.#look();
    });
    // What is still said to a connection that the server has cut fails; that it was cut is what counts.
    this.#socket.on("error", () => undefined);
    this.ended = new Promise((resolve) => {
      this.#socket.on("close", () => {
        const close = this.frames.find(({ opcode }) => opcode === opcodes.close);
        const code = close && (close.bytes.length > 0 ? close.bytes.readUInt16BE(0) : noCode);
        this.isOver = true;
        resolve(code ?? "cut");
        this.#look();
      });
    });
  }

  /** Connects, and says these bytes at once. */
  static says(url: string, ...bytes: (Uint8Array | string)[]): RawSocket {
    const raw = new RawSocket(url);
    raw.write(...bytes);
    return raw;
  }

  /** Connects and shakes hands. */
  static async open(
    url: string,
    headers?: Readonly<Record<string, string | undefined>>,
  ): Promise<RawSocket> {
    const raw = RawSocket.says(url, handshakeOf(url, headers));
    await raw.until(() => raw.head !== "");
    if (raw.status !== 101) throw new Error(`the handshake was answered: ${raw.head}`);
    return raw;
  }

  /** Of the answer to the handshake; 0 while there is none. */
  get status(): number {
    return Number(this.head.split(" ")[1] ?? 0);
  }

  /** What the server said in binary frames. */
  get answers(): Answer[] {
    return this.frames
      .filter(({ opcode }) => opcode === opcodes.binary)
      .flatMap(({ bytes }) => decodeAnswers(new Uint8Array(bytes)));
  }

  write(...bytes: (Uint8Array | string)[]): void {
    this.#socket.write(Buffer.concat(bytes.map((each) => Buffer.from(each))));
  }

  /** Resolves when it is so, looked at whenever something was read. */
  async until(isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve, reject) => {
      this.#look = () => {
        if (isSo()) resolve();
        else if (this.#socket.closed) reject(new Error(`the server cut it: ${this.head}`));
      };
    });
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #read(): void {
    if (this.head === "") {
      const end = this.#held.indexOf("\r\n\r\n");
      if (end < 0) return;
      this.head = this.#held.toString("latin1", 0, end);
      this.#held = this.#held.subarray(end + 4);
    }
    if (this.status !== 101) return;
    for (let taken = takeFrame(this.#held); taken; taken = takeFrame(this.#held)) {
      this.frames.push(taken.frame);
      this.#held = taken.rest;
    }
  }
}

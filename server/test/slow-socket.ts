import { connect, type Socket } from "node:net";
import { decodeAnswers, encodeCommand } from "#wire/codec.ts";
import type { Command } from "#wire/command.ts";
import type { Answer } from "#wire/event.ts";
import type { Seq } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { SignedIn } from "./start-server.ts";
import type { Talk } from "./talk.ts";
import { frameOf, handshakeOf, opcodes, takeFrame } from "./websocket-bytes.ts";

/** A WebSocket made by hand, that can stop reading: the browser's and Bun's own read whether one wants it or not. */
export class SlowSocket implements Disposable {
  /** What was read, in order; where somebody else hears it, it is not kept. */
  readonly answers: Answer[] = [];
  /** The number in the close frame, once it was read. */
  readonly closed: Promise<number>;
  readonly #socket: Socket;
  readonly #heard: (answer: Answer) => void;
  #bytes = Buffer.alloc(0);
  #isOpen = false;
  #look: () => void = () => undefined;
  #sayClosed: (code: number) => void;

  private constructor(socket: Socket, heard?: (answer: Answer) => void) {
    this.#socket = socket;
    this.#heard = heard ?? ((answer) => void this.answers.push(answer));
    const closed = Promise.withResolvers<number>();
    this.closed = closed.promise;
    this.#sayClosed = closed.resolve;
    socket.on("data", (bytes: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, bytes]);
      this.#read();
      this.#look();
    });
    socket.on("close", () => closed.resolve(1006));
    socket.on("error", () => closed.resolve(1006));
  }

  /** Rejects where the server does not take it. */
  static async open(url: string, heard?: (answer: Answer) => void): Promise<SlowSocket> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    const slow = new SlowSocket(socket, heard);
    socket.write(handshakeOf(url));
    const isTaken = slow.until(() => slow.#isOpen).then(() => true);
    if (await Promise.race([isTaken, slow.closed.then(() => false)])) return slow;
    throw new Error("the server did not take the socket");
  }

  /** Says hello and waits until all has come. */
  async greets({ token }: Pick<SignedIn, "token">): Promise<void> {
    this.send({ op: "hello", ref: 1, token, epoch: "", streams: [] });
    await this.until(() => this.answers.some(({ op }) => op === "caughtUp"));
  }

  /** Sends commands, each in a frame of its own. */
  send(...commands: Command[]): void {
    this.#socket.write(Buffer.concat(commands.map((command) => frameOf(encodeCommand(command)))));
  }

  /** Bytes that come stay in the kernel, and then at the server. */
  stopReading(): void {
    this.#socket.pause();
  }

  readOn(): void {
    this.#socket.resume();
  }

  /** Resolves when it is so, looked at whenever something was read. */
  async until(isSo: () => boolean): Promise<void> {
    if (isSo()) return;
    await new Promise<void>((resolve) => {
      this.#look = () => {
        if (isSo()) resolve();
      };
    });
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }

  #read(): void {
    if (!this.#isOpen) {
      const end = this.#bytes.indexOf("\r\n\r\n");
      if (end < 0) return;
      if (!this.#bytes.toString("latin1").startsWith("HTTP/1.1 101 ")) {
        this.#socket.destroy();
        return;
      }
      this.#isOpen = true;
      this.#bytes = this.#bytes.subarray(end + 4);
    }
    for (let taken = takeFrame(this.#bytes); taken; taken = takeFrame(this.#bytes)) {
      const { opcode, bytes } = taken.frame;
      this.#bytes = taken.rest;
      if (opcode === opcodes.close) this.#sayClosed(bytes.readUInt16BE(0));
      else for (const answer of decodeAnswers(new Uint8Array(bytes))) this.#heard(answer);
    }
  }
}

/**
 * From now on the socket does not read, and so much is said to it that the server has to keep some: first pages of history, until the
 * kernel takes no more and the server stops by itself, then messages of `author` in their channel. Resolves to their addresses.
 */
export async function stall(slow: SlowSocket, author: Talk): Promise<Seq[]> {
  // Four of them fill a page.
  const long = "\u{1F642}".repeat(3_700);
  const addresses: Seq[] = [];
  for (let count = 0; count < 4; count++) addresses.push(await author.says(long));
  slow.stopReading();
  // 320 pages of 59 KB: the kernel takes 4 to 10 MB. Those that find the window full are refused, fewer than is borne.
  for (let round = 0; round < 5; round++) {
    slow.send(
      ...Array.from({ length: limits.inFlightMax }, (_, at) => ({
        op: "history" as const,
        ref: 2 + round * limits.inFlightMax + at,
        channel: author.channel,
        before: 0,
        limit: 50,
      })),
    );
    // What is asked after them is answered after them: as many are on their way as can be.
    const { channel } = author;
    for (let times = 0; times < 4; times++) {
      const ask = () => author.gets("page", { op: "history", channel, before: 0, limit: 1 });
      await Promise.all(Array.from({ length: 32 }, ask));
    }
  }
  for (let count = 0; count < 60; count++) addresses.push(await author.says(long));
  return addresses;
}

import type { SessionSocket } from "./session.ts";
import type { Topics } from "./topics.ts";

export interface StreamSocketParts {
  readonly topics: Topics<StreamSocket>;
  /** How a frame of `parley.v1.json` is written; undefined leaves it out. */
  readonly written: (frame: string) => string | undefined;
  /** Once, when nothing is sent any more, whoever ended it. */
  readonly closed: (socket: StreamSocket) => void;
}

/** Beyond it the reader is cut, as a WebSocket is beyond the engine's own limit; the session's budget lies far below. */
const queuedBytesMax = 16 * 1024 * 1024;

const encoder = new TextEncoder();

/** A session's socket over a streamed response (SSE framing, WHATWG HTML 9.2): it speaks, and what it is told comes by other requests. */
export class StreamSocket implements SessionSocket {
  readonly body: ReadableStream<Uint8Array>;
  readonly #parts: StreamSocketParts;
  readonly #mine = new Set<string>();
  #controller!: ReadableStreamDefaultController<Uint8Array>;
  #isClosed = false;
  /** The reader asked for more: nothing is queued any more. */
  drained: () => void = () => undefined;

  constructor(parts: StreamSocketParts) {
    this.#parts = parts;
    this.body = new ReadableStream<Uint8Array>(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        pull: () => this.drained(),
        cancel: () => this.#end(),
      },
      { highWaterMark: 1, size: (bytes) => bytes?.byteLength ?? 0 },
    );
  }

  send(frame: string | Uint8Array): number {
    if (typeof frame !== "string") throw new Error("a streamed response carries text alone");
    const text = this.#parts.written(frame);
    return text === undefined ? 1 : this.write(text);
  }

  /** > 0 sent, -1 queued, 0 dropped: as the engine's. */
  write(text: string): number {
    if (this.#isClosed) return 0;
    if (this.bufferedBytes() > queuedBytesMax) return 0;
    const bytes = encoder.encode(text);
    this.#controller.enqueue(bytes);
    return this.bufferedBytes() > 0 ? -1 : bytes.byteLength;
  }

  subscribe(topic: string): void {
    this.#mine.add(topic);
    this.#parts.topics.subscribe(topic, this);
  }

  unsubscribe(topic: string): void {
    this.#mine.delete(topic);
    this.#parts.topics.unsubscribe(topic, this);
  }

  bufferedBytes(): number {
    return Math.max(0, 1 - (this.#controller.desiredSize ?? 1));
  }

  /** The reason is the last thing that is said. */
  close(code: number, reason: string): void {
    if (this.#isClosed) return;
    this.write(`event: close\ndata: ${JSON.stringify({ code, reason })}\n\n`);
    this.#controller.close();
    this.#end();
  }

  #end(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const topic of this.#mine) this.#parts.topics.unsubscribe(topic, this);
    this.#mine.clear();
    this.#parts.closed(this);
  }
}

import type { Tls } from "./tls.ts";

/** Bytes are a binary frame, a string is a text frame. */
export type EngineFrame = Uint8Array | string;

/** One WebSocket, as its engine gives it. `Data` is what the upgrade attached to it. */
export interface EngineSocket<Data> {
  readonly data: Data;
  /** > 0 bytes sent, -1 queued (never send it again), 0 dropped. */
  send(frame: EngineFrame): number;
  /** Idempotent. What is published on a topic reaches exactly the sockets that are subscribed at that moment. */
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
  /** Bytes that wait for the other side to read. Right after a publish it may not count that yet. */
  bufferedBytes(): number;
  /**
   * Begins the closing handshake behind what is buffered. `closed` is called before this returns, and the engine says nothing about
   * the socket any more; a side that does not read is let go after some seconds.
   */
  close(code: number, reason: string): void;
}

/** What an upgrade attaches to its socket, or the response that refuses it. */
export type Upgrade<Data> =
  | { readonly data: Data; readonly subprotocol: string | undefined }
  | { readonly refused: Response };

export interface EngineHandlers<Data> {
  /** `peer` is the address of the connection's other end. Never rejects. */
  fetch(request: Request, peer: string): Response | Promise<Response>;
  /** Undefined where the path is no socket's. Synchronous: Bun loses the request at the first `await`. */
  upgrade(request: Request, peer: string): Upgrade<Data> | undefined;
  opened(socket: EngineSocket<Data>): void;
  /** One frame; frames of one socket come in the order in which they arrived. */
  received(socket: EngineSocket<Data>, frame: EngineFrame): void;
  /** A ping or a pong of so many bytes; pings are answered already. */
  controlled(socket: EngineSocket<Data>, bytes: number): void;
  /** Nothing is buffered any more. Told outside of the engine's own callback: frames ≥ 16 KiB that are sent in there can stall. */
  drained(socket: EngineSocket<Data>): void;
  closed(socket: EngineSocket<Data>, code: number): void;
}

export interface EngineOptions {
  readonly host: string;
  readonly port: number;
  /** Of an incoming frame; a larger one closes the socket. */
  readonly frameBytesMax: number;
  /** Of one socket. The engine drops past it, so it must never be reached: sockets are cut long before. */
  readonly backpressureBytesMax: number;
  readonly bodyBytesMax: number;
  /** Other processes listen on the same port; the kernel spreads connections over them. */
  readonly isShared: boolean;
  /** Given where the server speaks https and wss itself. */
  readonly tls: Tls | undefined;
}

/** What Parley needs from a WebSocket server. `bun-engine.ts` is the only one that does it. */
export interface Engine {
  readonly port: number;
  /**
   * To all sockets subscribed to the topic. Encoded once by the caller, who may reuse nothing of the frame. False where a socket's buffer
   * was full and it lost the frame, whichever it was.
   */
  publish(topic: string, frame: EngineFrame): boolean;
  /** Whether a local socket is subscribed. */
  isListenedTo(topic: string): boolean;
  /** Accepts nobody any more; sockets that are open stay. */
  stopAccepting(): void;
  /** Ends everything that is left. */
  stop(): Promise<void>;
}

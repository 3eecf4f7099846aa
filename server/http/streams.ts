import { randomBytes } from "node:crypto";
import { limits } from "#wire/limits.ts";
import type { ChatParts } from "../chat/parts.ts";
import { leave } from "../chat/leave.ts";
import { BusAway } from "../fanout/bus.ts";
import { jsonTopic, streamTopic } from "../fanout/topic.ts";
import { log } from "../observe/log.ts";
import type { Pace } from "../session/pace.ts";
import { type Dispatch, Receiver } from "../session/receive.ts";
import { Session } from "../session/session.ts";
import { StreamSocket } from "../session/stream-socket.ts";
import { Topics } from "../session/topics.ts";
import type { Admission } from "./admission.ts";

export interface StreamsParts {
  readonly chat: ChatParts;
  readonly dispatch: Dispatch;
  readonly pace: Pace;
  readonly admission: Pick<Admission, "opened" | "closed">;
  /** The user's last socket may be gone. */
  readonly left: (session: Session) => void;
  /** Nothing waits for its reader any more. */
  readonly drained: (session: Session) => void;
  /** To another worker: what its `forwarded` is then given. */
  readonly forward: (topic: string, bytes: Uint8Array) => Promise<void>;
}

export const streamLimits = {
  /** Frames that came before one that is missing; past it the stream can't be right any more. */
  aheadMax: 64,
  /** What they hold together, since nobody has paced them yet. */
  aheadBytesMax: 4 * limits.frameBytesMax,
  /** Proxies cut what is silent; many do after 30 s, Bun after its own limit. */
  beatSeconds: 15,
} as const;

/** A stream as its client addresses it: its worker, and a secret part, since who knows it may speak on it. */
const idShape = /^([0-9a-f]{8})-[0-9a-f]{32}$/;

interface Open {
  readonly id: string;
  readonly session: Session;
  readonly socket: StreamSocket;
  readonly receiver: Receiver;
  /** The number of the frame that is taken next. */
  next: number;
  readonly ahead: Map<number, string>;
  aheadBytes: number;
}

export type Taken = "taken" | "gone" | "too_far_ahead" | "away";

/** Sessions over streamed responses, on this worker: the twin of the sockets for networks that block WebSocket. */
export class Streams {
  readonly #parts: StreamsParts;
  readonly #open = new Map<string, Open>();
  readonly #topics = new Topics<StreamSocket>();
  readonly #worker = randomBytes(4).toString("hex");

  constructor(parts: StreamsParts) {
    this.#parts = parts;
  }

  /** The bus topic by which other workers hand commands here. */
  get topic(): string {
    return streamTopic(this.#worker);
  }

  isListenedTo(topic: string): boolean {
    return this.#topics.isListenedTo(topic);
  }

  /** False where a reader's queue was full and it lost the frame. */
  publish(topic: string, frame: string): boolean {
    const sent = this.#topics.listening(topic).map((socket) => socket.send(frame));
    return !sent.includes(0);
  }

  /** Begins a stream to an address; `written` says how frames are written into it. Its first frame must be `hello`. */
  open(address: string, written: (frame: string) => string | undefined): Open {
    const { admission, chat, dispatch, drained, left, pace } = this.#parts;
    const id = `${this.#worker}-${randomBytes(16).toString("hex")}`;
    const socket = new StreamSocket({
      topics: this.#topics,
      written,
      closed: () => {
        this.#open.delete(id);
        admission.closed(address);
        session.ended();
        leave(chat, session);
        left(session);
      },
    });
    const session: Session = new Session(socket, {
      encoding: "json",
      nowMs: chat.now(),
      topicOf: jsonTopic,
    });
    socket.drained = () => void setImmediate(() => drained(session));
    const receiver = new Receiver(session, dispatch, pace, () => chat.now());
    admission.opened(address);
    chat.sessions.add(session);
    const open: Open = { id, session, socket, receiver, next: 1, ahead: new Map(), aheadBytes: 0 };
    this.#open.set(id, open);
    return open;
  }

  /**
   * A frame for a stream of any worker. Frames of one stream are executed in the order of their numbers, each once; what another worker
   * makes of it shows on the stream.
   */
  async take(id: string, number: number, frame: string): Promise<Taken> {
    const [, worker] = idShape.exec(id) ?? [];
    if (worker === undefined) return "gone";
    if (worker === this.#worker) return this.#take(id, number, frame);

    const bytes = new TextEncoder().encode(JSON.stringify([id, number, frame]));
    try {
      await this.#parts.forward(streamTopic(worker), bytes);
      return "taken";
    } catch (error) {
      if (error instanceof BusAway) return "away";
      throw error;
    }
  }

  /** What another worker was sent for a stream of ours. */
  forwarded(bytes: Uint8Array): void {
    const [id, number, frame] = JSON.parse(new TextDecoder().decode(bytes)) as [
      string,
      number,
      string,
    ];
    const taken = this.#take(id, number, frame);
    if (taken === "too_far_ahead") this.#open.get(id)?.session.close("protocol_error");
    if (taken !== "taken") log.debug("a forwarded frame was not taken", { taken });
  }

  #take(id: string, number: number, frame: string): Taken {
    const open = this.#open.get(id);
    if (!open) return "gone";
    if (number >= open.next + streamLimits.aheadMax) return "too_far_ahead";
    // It was taken already: a repetition of what was not answered.
    if (number < open.next || open.ahead.has(number)) return "taken";
    const bytes = Buffer.byteLength(frame);
    if (number > open.next && open.aheadBytes + bytes > streamLimits.aheadBytesMax) {
      return "too_far_ahead";
    }
    open.ahead.set(number, frame);
    open.aheadBytes += bytes;
    for (let due = open.ahead.get(open.next); due !== undefined; due = open.ahead.get(open.next)) {
      open.ahead.delete(open.next++);
      open.aheadBytes -= Buffer.byteLength(due);
      open.receiver.receive(due);
    }
    return "taken";
  }

  /** Says that it is there, on every stream: for proxies, and for readers of plain text. */
  beat(text: string): void {
    for (const { socket } of this.#open.values()) socket.write(text);
  }
}

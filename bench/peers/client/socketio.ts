import { numberOf } from "./body.ts";
import type { Enter, Entry, PeerSocket } from "./peer-socket.ts";
import { Unheard } from "./unheard.ts";
import { closeSocket, type Cuttable, openSocket } from "./web-socket.ts";

interface Manner {
  /** The server replies to what is said; else hearing it has to do. */
  readonly replies: boolean;
  /** Under which name the last thing that came with what was heard is told to the server, by whoever comes back. */
  readonly cursor?: "offset" | "since";
}

/**
 * Socket.IO's protocol (version 5, over Engine.IO's version 4) as far as it is used here. A client of our own, so that reading costs the load as little as with the
 * others.
 */
class SocketIo implements PeerSocket {
  readonly #entry: Entry;
  readonly #manner: Manner;
  readonly #unheard = new Unheard();
  readonly #replies = new Map<number, () => void>();
  #socket: Cuttable | undefined;
  #connected = Promise.withResolvers<void>();
  #privateId: string | undefined;
  #cursor: string | undefined;
  #ref = 0;

  constructor(entry: Entry, manner: Manner) {
    this.#entry = entry;
    this.#manner = manner;
  }

  async comeBack(): Promise<void> {
    this.#connected = Promise.withResolvers();
    const url = `${this.#entry.url}/socket.io/?EIO=4&transport=websocket`;
    this.#socket = await openSocket(url, (data, socket) => this.#hear(data as string, socket));
    await this.#connected.promise;
  }

  say(body: string): Promise<void> {
    const ref = this.#manner.replies ? this.#ref++ : undefined;
    this.#socket!.send(`42${ref ?? ""}["say","${body}"]`);
    if (ref === undefined) return this.#unheard.add(numberOf(body));
    return new Promise((resolve) => this.#replies.set(ref, resolve));
  }

  reset(): void {
    this.#socket!.terminate();
  }

  leave(): Promise<void> {
    return closeSocket(this.#socket!);
  }

  /** The first digit is Engine.IO's: open, close, ping, pong, message. The second is Socket.IO's: 0 connected, 2 an event, 3 a reply. */
  #hear(text: string, socket: WebSocket): void {
    if (text.startsWith("42")) this.#told(text);
    else if (text.startsWith("43")) this.#replied(Number.parseInt(text.slice(2), 10));
    else if (text.startsWith("40")) this.#welcomed(text);
    else if (text.startsWith("0")) socket.send(`40${this.#introduction()}`);
    else if (text === "2") socket.send("3");
    else this.#connected.reject(new Error(`Socket.IO said ${text}`));
  }

  /** `42["said","<body>"]`, or with a cursor behind it. */
  #told(text: string): void {
    const bodyAt = '42["said","'.length;
    const number = numberOf(text.slice(bodyAt));
    if (this.#manner.cursor !== undefined) {
      this.#cursor = (JSON.parse(text.slice(2)) as string[])[2];
    }
    this.#entry.heard(number);
    this.#unheard.heard(number);
  }

  #replied(ref: number): void {
    this.#replies.get(ref)?.();
    this.#replies.delete(ref);
  }

  #welcomed(text: string): void {
    this.#privateId = (JSON.parse(text.slice(2)) as { pid?: string }).pid;
    this.#connected.resolve();
  }

  #introduction(): string {
    const { cursor } = this.#manner;
    const held = cursor && this.#cursor !== undefined ? { [cursor]: this.#cursor } : {};
    const known = this.#privateId === undefined ? {} : { pid: this.#privateId };
    return JSON.stringify({ channel: `${this.#entry.channel}`, ...known, ...held });
  }
}

function entering(manner: Manner): Enter {
  return async (entry) => {
    const socket = new SocketIo(entry, manner);
    await socket.comeBack();
    return socket;
  };
}

export const enterSocketIo = entering({ replies: false });
/** Connection state recovery: who comes back says by what private name, and what came last. */
export const enterRecovering = entering({ replies: false, cursor: "offset" });
/** The hand-made usual: a reply means stored, and whoever comes back asks for what is behind the last that they have. */
export const enterUsual = entering({ replies: true, cursor: "since" });

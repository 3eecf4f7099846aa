import { numberIn, numberOf } from "./body.ts";
import type { Entry, PeerSocket } from "./peer-socket.ts";
import { Unheard } from "./unheard.ts";
import { closeSocket, type Cuttable, openSocket } from "./web-socket.ts";

const encoder = new TextEncoder();

/** A socket whose frames are what is said, and nothing else. */
class Plain implements PeerSocket {
  readonly #entry: Entry;
  readonly #unheard = new Unheard();
  #socket: Cuttable | undefined;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  async comeBack(): Promise<void> {
    this.#socket = await openSocket(this.#entry.url, (data) => {
      const number = numberIn(new Uint8Array(data as ArrayBuffer));
      this.#entry.heard(number);
      this.#unheard.heard(number);
    });
  }

  say(body: string): Promise<void> {
    this.#socket!.send(encoder.encode(body));
    return this.#unheard.add(numberOf(body));
  }

  reset(): void {
    this.#socket!.terminate();
  }

  leave(): Promise<void> {
    return closeSocket(this.#socket!);
  }
}

export async function enterPlain(entry: Entry): Promise<PeerSocket> {
  const socket = new Plain(entry);
  await socket.comeBack();
  return socket;
}

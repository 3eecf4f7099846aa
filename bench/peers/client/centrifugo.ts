import { numberOf } from "./body.ts";
import type { Entry, PeerSocket } from "./peer-socket.ts";
import { closeSocket, type Cuttable, openSocket } from "./web-socket.ts";

interface Publication {
  readonly data: string;
  readonly offset?: number;
  /** With the first of a stream that nobody had spoken in. */
  readonly epoch?: string;
}

/** What comes, as far as it is used here: a reply has an id, a push has none, and what is empty is a ping. */
interface Answer {
  readonly id?: number;
  readonly error?: { readonly code: number; readonly message: string };
  readonly subscribe?: {
    readonly epoch?: string;
    readonly offset?: number;
    readonly publications?: readonly Publication[];
  };
  readonly push?: { readonly pub?: Publication };
}

interface Waiter {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: Error) => void;
}

/** Centrifugo's protocol of version 2 in JSON: one or more objects in a frame, each in a line. A reply to `publish` means that its broker has it. */
class Centrifugo implements PeerSocket {
  readonly #entry: Entry;
  readonly #waiting = new Map<number, Waiter>();
  #socket: Cuttable | undefined;
  #position: { offset: number; epoch: string } | undefined;
  #id = 0;

  constructor(entry: Entry) {
    this.#entry = entry;
  }

  async comeBack(): Promise<void> {
    const url = `${this.#entry.url}/connection/websocket`;
    this.#socket = await openSocket(url, (data, socket) => {
      for (const line of (data as string).split("\n")) this.#hear(line, socket);
    });
    await this.#command({ connect: {} });
    const recover = this.#position && { recover: true, ...this.#position };
    const { subscribe } = await this.#command({
      subscribe: { channel: this.#channel, ...recover },
    });
    for (const publication of subscribe?.publications ?? []) this.#told(publication);
    this.#isAt(subscribe ?? {});
  }

  async say(body: string): Promise<void> {
    await this.#command({ publish: { channel: this.#channel, data: body } });
  }

  reset(): void {
    this.#socket!.terminate();
  }

  leave(): Promise<void> {
    return closeSocket(this.#socket!);
  }

  get #channel(): string {
    return `${this.#entry.channel}`;
  }

  #command(command: object): Promise<Answer> {
    const id = ++this.#id;
    const answered = new Promise<Answer>((resolve, reject) =>
      this.#waiting.set(id, { resolve, reject }),
    );
    this.#socket!.send(JSON.stringify({ id, ...command }));
    return answered;
  }

  #hear(line: string, socket: WebSocket): void {
    if (line === "") return;
    if (line === "{}") return void socket.send("{}");
    const answer = JSON.parse(line) as Answer;
    if (answer.push?.pub) this.#told(answer.push.pub);
    if (answer.id === undefined) return;
    const waiter = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (answer.error) waiter?.reject(new Error(`Centrifugo said ${answer.error.message}`));
    else waiter?.resolve(answer);
  }

  #told(publication: Publication): void {
    this.#isAt(publication);
    this.#entry.heard(numberOf(publication.data));
  }

  #isAt({ offset = 0, epoch = this.#position?.epoch }: Partial<Publication>): void {
    if (epoch === undefined) return;
    this.#position = { offset: Math.max(this.#position?.offset ?? 0, offset), epoch };
  }
}

export async function enterCentrifugo(entry: Entry): Promise<PeerSocket> {
  const socket = new Centrifugo(entry);
  await socket.comeBack();
  return socket;
}

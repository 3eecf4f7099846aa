import { commandText, decodeAnswers, packCommand } from "#wire/codec.ts";
import type { Command } from "#wire/command.ts";
import type { Answer } from "#wire/event.ts";

export interface Said {
  readonly event: string;
  readonly data: string;
}

/** What a streamed response says, event by event; it queues, so that nothing is missed. */
export class EventReader implements AsyncDisposable {
  readonly said: Said[] = [];
  /** Resolves when the response has ended. */
  readonly ended: Promise<void>;
  readonly #abort: AbortController;
  #look: () => void = () => undefined;

  constructor(response: Response, abort: AbortController) {
    this.#abort = abort;
    this.ended = this.#read(response.body!).catch(() => undefined); // Ended by us.
  }

  /** The first event that is accepted, whether it came already or not. */
  async until(accepts: (said: Said) => boolean): Promise<Said> {
    for (;;) {
      const found = this.said.find(accepts);
      if (found) return found;
      await new Promise<void>((resolve) => (this.#look = resolve));
    }
  }

  get answers(): Answer[] {
    return this.said
      .filter(({ event }) => event === "message")
      .flatMap(({ data }) => decodeAnswers(data));
  }

  async #read(body: ReadableStream<Uint8Array>): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    for await (const bytes of body) {
      rest += decoder.decode(bytes, { stream: true });
      const whole = rest.split("\n\n");
      rest = whole.pop()!;
      for (const block of whole) {
        const lines = new Map(
          block.split("\n").map((line) => line.split(/: (.*)/s) as [string, string]),
        );
        this.said.push({ event: lines.get("event") ?? "message", data: lines.get("data") ?? "" });
      }
      this.#look();
    }
    this.#look();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#abort.abort();
    await this.ended;
  }
}

export async function readEvents(url: string, init: RequestInit = {}): Promise<EventReader> {
  const abort = new AbortController();
  const response = await fetch(url, { ...init, signal: abort.signal });
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  return new EventReader(response, abort);
}

/** A session over a streamed response, by PROTOCOL.md. */
export async function openStream(
  server: { readonly url: string },
  token: string,
  rest: Partial<{ epoch: string; streams: { stream: number; cursor: number }[] }> = {},
) {
  const hello = {
    op: "hello",
    ref: 1,
    token,
    epoch: "",
    streams: [],
    ...rest,
  } as unknown as Command;
  const headers = { "content-type": "application/json" };
  const url = `${server.url}/api/v1/stream`;
  const events = await readEvents(url, {
    method: "POST",
    headers,
    body: commandText(hello),
  });
  const { id } = JSON.parse((await events.until(({ event }) => event === "stream")).data) as {
    id: string;
  };
  let number = 0;
  let ref = 1;
  return {
    id,
    events,
    post: (at: number, frame: unknown) =>
      fetch(`${url}/${id}/${at}`, { method: "POST", headers, body: JSON.stringify(frame) }),
    /** Sends a command; its reply comes on the stream. */
    async command(question: object): Promise<Answer> {
      const own = ++ref;
      const frame = packCommand({ ...question, ref: own } as Command);
      const taken = await this.post(++number, frame);
      if (taken.status !== 202) throw new Error(`${taken.status} ${await taken.text()}`);
      const isReply = (answer: Answer) => "ref" in answer && answer.ref === own;
      await events.until(
        ({ event, data }) => event === "message" && decodeAnswers(data).some(isReply),
      );
      return events.answers.find(isReply)!;
    },
    async next(
      op: Answer["op"],
      accepts: (answer: Answer) => boolean = () => true,
    ): Promise<Answer> {
      const is = (answer: Answer) => answer.op === op && accepts(answer);
      await events.until(({ event, data }) => event === "message" && decodeAnswers(data).some(is));
      return events.answers.find(is)!;
    },
    [Symbol.asyncDispose]: () => events[Symbol.asyncDispose](),
  };
}

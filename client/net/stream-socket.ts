import type { Fetch } from "./session.ts";

/** What a WebSocket says of an end without a word (RFC 6455, 7.1.5). */
const brokenNumber = 1006;

/**
 * The part of a WebSocket that `LiveSocket` uses, over a streamed response and POST: PROTOCOL.md, "Without WebSocket". What is sent first
 * opens the stream; what is sent later goes in order, one request at a time, with all that has gathered meanwhile.
 */
export class StreamSocket extends EventTarget {
  readonly #fetch: Fetch;
  readonly #url: string;
  readonly #abort = new AbortController();
  readonly #waiting: string[] = [];
  #id: string | undefined;
  #number = 0;
  #isBegun = false;
  #isSending = false;
  #isOver = false;

  constructor(fetch: Fetch, url: string) {
    super();
    this.#fetch = fetch;
    this.#url = url;
    queueMicrotask(() => this.dispatchEvent(new Event("open")));
  }

  send(frame: string): void {
    if (this.#isBegun) {
      this.#waiting.push(frame);
      return void this.#flush();
    }
    this.#isBegun = true;
    void this.#read(frame).then(
      () => this.#end(brokenNumber),
      () => this.#end(brokenNumber), // The network, or we ourselves: whoever listens comes back.
    );
  }

  close(): void {
    this.#isOver = true;
    this.#abort.abort();
  }

  async #read(hello: string): Promise<void> {
    const response = await this.#post(this.#url, hello);
    if (!response.ok || !response.body) return;
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      rest += decoder.decode(part.value, { stream: true });
      const blocks = rest.split("\n\n");
      rest = blocks.pop()!;
      for (const block of blocks) this.#hear(block);
    }
  }

  /** One event: its name, where it has one, and its data, which is one line. */
  #hear(block: string): void {
    const event = /^event: (.*)$/m.exec(block)?.[1];
    const data = /^data: (.*)$/m.exec(block)?.[1] ?? "";
    if (event === undefined) this.dispatchEvent(new MessageEvent("message", { data }));
    else if (event === "close") this.#end((JSON.parse(data) as { code: number }).code);
    else if (event === "stream") {
      this.#id = (JSON.parse(data) as { id: string }).id;
      void this.#flush();
    }
  }

  async #flush(): Promise<void> {
    if (this.#isSending || this.#id === undefined) return;
    this.#isSending = true;
    while (this.#waiting.length > 0 && !this.#isOver) {
      const frames = this.#waiting.splice(0);
      const bundle = frames.length === 1 ? frames[0]! : `[${frames.join(",")}]`;
      const taken = await this.#post(`${this.#url}/${this.#id}/${++this.#number}`, bundle).catch(
        () => undefined,
      );
      // Whether it was taken nobody knows: on the next stream it is asked again, and known by its id.
      if (taken?.status !== 202) return this.#end(brokenNumber);
    }
    this.#isSending = false;
  }

  #post(url: string, body: string): Promise<Response> {
    const headers = { "content-type": "application/json" };
    return this.#fetch(url, { method: "POST", headers, body, signal: this.#abort.signal });
  }

  #end(code: number): void {
    if (this.#isOver) return;
    this.close();
    this.dispatchEvent(Object.assign(new Event("close"), { code }));
  }
}

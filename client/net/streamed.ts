import { commandText } from "#wire/codec.ts";
import type { Command } from "#wire/command.ts";
import { limits } from "#wire/limits.ts";

import type { Clock } from "../store/clock.ts";
import type { Carrier, Listener, OpenCarrier } from "./carrier.ts";
import type { Fetch } from "./identity.ts";

/** What a WebSocket says of an end without a word (RFC 6455, 7.1.5). */
const brokenNumber = 1006;

/** Past this there is no answer: an old connection that the browser took up again may be dead, and the next one is not. */
const headMsMax = 5_000;

/** At most, in UTF-8, of what `length` counts. */
const bytesPerChar = 3;

const path = "/api/v1/stream";

/** A socket's twin for networks that let no WebSocket through: PROTOCOL.md, "Without WebSocket". */
export function streamedBy(fetch: Fetch, clock: Clock): OpenCarrier {
  return (listener) => new Streamed(fetch, clock, listener);
}

/**
 * Frames come on one streamed response. The first command, `hello`, is the request that opens it; the later ones go by POST in their
 * order, one request at a time, each with all that has gathered meanwhile.
 */
class Streamed implements Carrier {
  readonly #fetch: Fetch;
  readonly #clock: Clock;
  readonly #listener: Listener;
  readonly #abort = new AbortController();
  readonly #waiting: string[] = [];
  #id: string | undefined;
  #number = 0;
  #isBegun = false;
  #isSending = false;
  #isOver = false;

  constructor(fetch: Fetch, clock: Clock, listener: Listener) {
    this.#fetch = fetch;
    this.#clock = clock;
    this.#listener = listener;
    queueMicrotask(() => {
      if (!this.#isOver) listener.opened();
    });
  }

  send(command: Command): void {
    const text = commandText(command);
    if (this.#isBegun) {
      this.#waiting.push(text);
      return void this.#flush();
    }
    this.#isBegun = true;
    // Its end without `close` is the network's, as is what could not be read.
    void this.#read(text).then(
      () => this.#end(brokenNumber),
      () => this.#end(brokenNumber),
    );
  }

  close(): void {
    this.#isOver = true;
    this.#abort.abort();
  }

  async #read(hello: string): Promise<void> {
    const response = await this.#post(path, hello);
    if (!response.ok || !response.body) return;
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (let part = await reader.read(); !part.done; part = await reader.read()) {
      const blocks = (rest + part.value).split("\n\n");
      rest = blocks.pop()!;
      for (const block of blocks) this.#hear(block);
    }
  }

  /** One event: its name, where it has one, and its data, which is one line. A comment has neither. */
  #hear(block: string): void {
    if (this.#isOver) return;
    const event = /^event: (.*)$/m.exec(block)?.[1];
    const data = /^data: (.*)$/m.exec(block)?.[1];
    if (data === undefined) return;
    if (event === undefined) this.#listener.heard(data);
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
      const bundle = this.#gather();
      const taken = await this.#post(`${path}/${this.#id}/${++this.#number}`, bundle).catch(
        () => undefined, // Whether it was taken nobody knows: over the next stream it is asked again, and known by its id.
      );
      if (taken?.status !== 202) return this.#end(brokenNumber);
    }
    this.#isSending = false;
  }

  /** One frame, or a bundle of as many as a frame may hold. */
  #gather(): string {
    let [frames, chars] = [0, 0];
    for (const text of this.#waiting) {
      chars += text.length + 1;
      if (frames > 0 && bytesPerChar * chars > limits.frameBytesMax) break;
      frames++;
    }
    const [first, ...others] = this.#waiting.splice(0, frames);
    return others.length === 0 ? first! : `[${[first, ...others].join(",")}]`;
  }

  async #post(to: string, body: string): Promise<Response> {
    const headers = { "content-type": "application/json" };
    const { signal } = this.#abort;
    const stopTimer = this.#clock.after(headMsMax, () => this.#end(brokenNumber));
    return this.#fetch(to, { method: "POST", headers, body, signal }).finally(stopTimer);
  }

  #end(number: number): void {
    if (this.#isOver) return;
    this.close();
    this.#listener.closed(number);
  }
}

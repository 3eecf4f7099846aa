import { type ReadonlySignal, signal } from "@preact/signals";

import { closeNamed } from "#wire/codes.ts";

import type { Clock } from "../store/clock.ts";
import type { OpenCarrier } from "./carrier.ts";
import type { Log } from "./log.ts";

/** Attempts in a row that a way may fail while the server answers otherwise. */
const failuresMax = 2;
/** When WebSocket is tried again: what blocked it may have been a restart, and a laptop changes its network. */
const againMs = { first: 30_000, then: 5 * 60_000 } as const;
const tryMsMax = 10_000;

/** Something small that outlives the page. */
export interface Flag {
  get(): boolean;
  set(is: boolean): void;
}

export interface WayParts {
  readonly clock: Clock;
  readonly log: Log;
  readonly webSocket: OpenCarrier;
  /** Its code is only fetched where it is needed. */
  readonly streamed: () => Promise<OpenCarrier>;
  /** Whether the server answers a plain request. */
  readonly answers: () => Promise<boolean>;
  /** That this browser had to do without WebSocket, so that the next page does not wait for two failures. */
  readonly isBlocked: Flag;
}

/** How the next attempt is made: by WebSocket, or where a network lets none through, by its twin over HTTP. */
export class Way {
  readonly #parts: WayParts;
  readonly #isStreamed = signal(false);
  #failures = 0;
  #againMs: number = againMs.first;
  #stopTrying = (): void => undefined;

  constructor(parts: WayParts) {
    this.#parts = parts;
    if (!parts.isBlocked.get()) return;
    this.#isStreamed.value = true;
    this.#againMs = 0;
  }

  get isStreamed(): ReadonlySignal<boolean> {
    return this.#isStreamed;
  }

  async open(): Promise<OpenCarrier> {
    const { webSocket, streamed, log } = this.#parts;
    if (!this.#isStreamed.peek()) return webSocket;
    try {
      return await streamed();
    } catch (error) {
      log("a part of the page could not be fetched", error);
      return webSocket;
    }
  }

  /** An attempt came to nothing. It tells something of the way only where a plain request gets through. */
  async failed(): Promise<void> {
    this.rest();
    const { answers, log } = this.#parts;
    const isStreamed = this.#isStreamed.peek();
    if (!(await answers()) || isStreamed !== this.#isStreamed.peek()) return;
    if (++this.#failures < failuresMax) return;
    log(isStreamed ? "no stream gets through" : "this network lets no WebSocket through");
    this.#take(!isStreamed);
  }

  /** While the stream serves, WebSocket is tried beside it; `better` is called when one gets through. */
  welcomed(better: () => void): void {
    this.#failures = 0;
    if (this.#isStreamed.peek()) this.#tryLater(better);
  }

  /** There is no connection any more for which something better could be found. */
  rest(): void {
    this.#stopTrying();
  }

  #tryLater(better: () => void): void {
    this.#stopTrying = this.#parts.clock.after(this.#againMs, () => this.#try(better));
  }

  /** Opening is not enough: some proxies open a WebSocket and let nothing pass. */
  #try(better: () => void): void {
    const { clock, webSocket } = this.#parts;
    this.#againMs = againMs.then;
    const ended = (passes: boolean): void => {
      this.#stopTrying();
      if (!passes) return this.#tryLater(better);
      this.#take(false);
      better();
    };
    const carrier = webSocket({
      opened: () => carrier.send({ op: "ping", ref: 1 }),
      heard: () => ended(true),
      closed: (number) => ended(closeNamed(number) !== undefined),
    });
    const stopTimer = clock.after(tryMsMax, () => ended(false));
    this.#stopTrying = () => {
      this.#stopTrying = () => undefined;
      stopTimer();
      carrier.close();
    };
  }

  #take(isStreamed: boolean): void {
    this.#failures = 0;
    this.#againMs = againMs.first;
    this.#isStreamed.value = isStreamed;
    this.#parts.isBlocked.set(isStreamed);
  }
}

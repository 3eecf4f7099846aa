import type { ChannelId, Seq } from "#wire/ids.ts";
import type { Look } from "./device-claims.ts";

export interface Written {
  readonly clientMessageId: string;
  readonly body: string;
  readonly rootSeq: Seq | null;
  /** Where it stands, from the moment on at which the author was told. */
  seq: Seq | undefined;
  /** The author was told that they are no member. */
  isRefused: boolean;
}

/** What a device asks for. */
export type Asked =
  | { readonly op: "send"; readonly channel: ChannelId; readonly drafts: readonly Written[] }
  | { readonly op: "read"; readonly pointers: readonly Look[] }
  | { readonly op: "open" | "fetch"; readonly channel: ChannelId }
  | { readonly op: "hello" | "resume" | "summaries" };

/** Whether it is answered by what is missing of that channel. */
export const isFor = (channel: ChannelId, asked: Asked): boolean =>
  (asked.op === "open" || asked.op === "fetch") && asked.channel === channel;

/** What was asked on a socket, and not answered yet. */
export class Questions {
  readonly #asked = new Map<number, Asked>();
  #ref = 0;

  /** The `ref` to ask it by. */
  ask(asked: Asked): number {
    this.#asked.set(++this.#ref, asked);
    return this.#ref;
  }

  has(isIt: (asked: Asked) => boolean): boolean {
    return [...this.#asked.values()].some(isIt);
  }

  /** What this answers; undefined where it was answered before. */
  take(ref: number): Asked | undefined {
    const asked = this.#asked.get(ref);
    this.#asked.delete(ref);
    return asked;
  }

  clear(): void {
    this.#asked.clear();
  }
}

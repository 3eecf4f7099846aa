import type { ChannelId, UserId } from "#wire/ids.ts";

import type { Log } from "./log.ts";
import type { SmallStore } from "./small-store.ts";

/** What stands in the composers: per user and channel, over reloads. Where nothing can be kept it lives as long as the page. */
export class DraftTexts {
  readonly #storage: SmallStore | undefined;
  readonly #log: Log;
  readonly #memory = new Map<string, string>();

  constructor(storage: SmallStore | undefined, log: Log) {
    this.#storage = storage;
    this.#log = log;
  }

  of(user: UserId | undefined, channel: ChannelId): string {
    const key = keyOf(user, channel);
    return this.#memory.get(key) ?? this.#storage?.getItem(key) ?? "";
  }

  keep(user: UserId | undefined, channel: ChannelId, body: string): void {
    const key = keyOf(user, channel);
    this.#memory.set(key, body);
    try {
      if (body === "") this.#storage?.removeItem(key);
      else this.#storage?.setItem(key, body);
    } catch (error) {
      this.#log("a draft will not survive a reload", error); // Full, or forbidden.
    }
  }
}

function keyOf(user: UserId | undefined, channel: ChannelId): string {
  return `parley:draft:${user}:${channel}`;
}

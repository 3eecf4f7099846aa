import { type Signal, signal } from "@preact/signals";

import type { EventOf } from "#wire/event.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { typingMs } from "#wire/limits.ts";

import type { Clock } from "./clock.ts";

const nobody: ReadonlySet<UserId> = new Set();

/** Who is writing, per channel. Somebody who is not heard of again is forgotten after 5 s (T2). */
export class Typing {
  readonly #clock: Clock;
  readonly #writers = new Map<ChannelId, Signal<ReadonlySet<UserId>>>();
  readonly #forget = new Map<string, () => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  in(channel: ChannelId): Signal<ReadonlySet<UserId>> {
    let writers = this.#writers.get(channel);
    if (!writers) this.#writers.set(channel, (writers = signal(nobody)));
    return writers;
  }

  apply({ channel, user, typing }: Omit<EventOf<"typingChanged">, "op">): void {
    const key = `${channel}:${user}`;
    this.#forget.get(key)?.();
    this.#forget.delete(key);
    if (!typing) return this.#remove(channel, user);

    const stop = this.#clock.after(typingMs.forget, () => this.#remove(channel, user));
    this.#forget.set(key, stop);
    const writers = this.in(channel);
    if (!writers.peek().has(user)) writers.value = new Set([...writers.peek(), user]);
  }

  #remove(channel: ChannelId, user: UserId): void {
    const writers = this.in(channel);
    if (!writers.peek().has(user)) return;
    const left = new Set(writers.peek());
    left.delete(user);
    writers.value = left;
  }
}

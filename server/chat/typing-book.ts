import type { ChannelId, UserId } from "#wire/ids.ts";
import { typingMs } from "#wire/limits.ts";

export interface TypingParts {
  changed(channel: ChannelId, user: UserId, typing: boolean): void;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls back after about `ms`; returns what cancels it. */
  after(ms: number, call: () => void): () => void;
}

/** The device on which somebody writes. */
type Device = object;

interface Writing {
  device: Device;
  toldAtMs: number;
  forget: () => void;
}

/** Who is writing where, of this worker. Forgotten after 5 s of silence, so that a client that dies is not writing for ever. */
export class TypingBook {
  readonly #parts: TypingParts;
  readonly #writing = new Map<string, Writing>();

  constructor(parts: TypingParts) {
    this.#parts = parts;
  }

  /** Told again with every repetition, which says that it goes on; a client that repeats too often is told half as often as agreed. */
  started(channel: ChannelId, user: UserId, device: Device): void {
    const key = keyOf(channel, user);
    const before = this.#writing.get(key);
    before?.forget();
    const now = this.#parts.now();
    const isTold = before !== undefined && now - before.toldAtMs < typingMs.repeat / 2;
    this.#writing.set(key, {
      device,
      toldAtMs: isTold ? before.toldAtMs : now,
      forget: this.#parts.after(typingMs.forget, () => this.stopped(channel, user, device)),
    });
    if (!isTold) this.#parts.changed(channel, user, true);
  }

  /** Told once, and only where it was this device: another one may go on. */
  stopped(channel: ChannelId, user: UserId, device: Device): void {
    const key = keyOf(channel, user);
    const writing = this.#writing.get(key);
    if (writing?.device !== device) return;

    writing.forget();
    this.#writing.delete(key);
    this.#parts.changed(channel, user, false);
  }

  stop(): void {
    for (const { forget } of this.#writing.values()) forget();
    this.#writing.clear();
  }
}

const keyOf = (channel: ChannelId, user: UserId): string => `${channel} ${user}`;

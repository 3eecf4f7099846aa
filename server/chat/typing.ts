import type { CommandOf } from "#wire/command.ts";
import type { ChannelId, UserId } from "#wire/ids.ts";
import { typingMs } from "#wire/limits.ts";
import type { Answered } from "../session/receive.ts";
import type { Session } from "../session/session.ts";
import { identityOf } from "./identity.ts";
import type { ChatParts } from "./parts.ts";

export interface TypingParts {
  changed(channel: ChannelId, user: UserId, typing: boolean): void;
  /** Calls back after about `ms`; returns what cancels it. */
  after(ms: number, call: () => void): () => void;
}

/** Who is writing where, of this worker. Forgotten after 5 s of silence, so that a client that dies is not writing for ever. */
export class TypingBook {
  readonly #parts: TypingParts;
  readonly #cancel = new Map<string, () => void>();

  constructor(parts: TypingParts) {
    this.#parts = parts;
  }

  /** Told every time: a repetition says that it goes on. */
  started(channel: ChannelId, user: UserId): void {
    this.#cancel.get(keyOf(channel, user))?.();
    const forget = this.#parts.after(typingMs.forget, () => this.stopped(channel, user));
    this.#cancel.set(keyOf(channel, user), forget);
    this.#parts.changed(channel, user, true);
  }

  /** Told once. */
  stopped(channel: ChannelId, user: UserId): void {
    const cancel = this.#cancel.get(keyOf(channel, user));
    if (!cancel) return;

    cancel();
    this.#cancel.delete(keyOf(channel, user));
    this.#parts.changed(channel, user, false);
  }

  stop(): void {
    for (const cancel of this.#cancel.values()) cancel();
    this.#cancel.clear();
  }
}

const keyOf = (channel: ChannelId, user: UserId): string => `${channel} ${user}`;

/** T1: only in a channel that this socket has open, which proves membership. */
export function typing(
  { typing: book }: ChatParts,
  session: Session,
  { channel, typing: isTyping }: CommandOf<"typing">,
): Answered {
  if (!session.open.has(channel)) {
    return { refused: "not_a_member", detail: "open the channel first" };
  }
  const { userId } = identityOf(session);
  if (isTyping) book.started(channel, userId);
  else book.stopped(channel, userId);
  return { op: "done" };
}

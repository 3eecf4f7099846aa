import { effect } from "@preact/signals";

import type { ChannelId, Seq, StreamId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";

import { beyondMax, forgetHearsay } from "../store/apply.ts";
import type { Clock } from "../store/clock.ts";
import { type Log, missingOf } from "../store/log.ts";
import type { State } from "../store/state.ts";
import type { Ask } from "./calls.ts";

/** Frames may overtake each other on the server: what is missing has this long to come by itself. */
const patienceMs = 1_000;

/** Asks for what is missing of any stream until its cursor has reached everything that was heard of. */
export class GapFiller {
  readonly #state: State;
  readonly #ask: Ask;
  readonly #clock: Clock;
  readonly #dispose: () => void;
  /** Streams with an answer under way: what is missing may be in it. */
  readonly #asked = new Set<StreamId>();
  #stopTimer: (() => void) | undefined;
  #isOpen = false;

  constructor(state: State, ask: Ask, clock: Clock) {
    this.#state = state;
    this.#ask = ask;
    this.#clock = clock;
    this.#dispose = effect(() => {
      if (this.#behind({ tracked: true }).length > 0) this.#wait();
    });
  }

  open(): void {
    this.#isOpen = true;
    this.#wait();
  }

  pause(): void {
    this.#isOpen = false;
    this.#stop();
  }

  dispose(): void {
    this.pause();
    this.#dispose();
  }

  /** While `open` is under way for a channel it brings what is missing. */
  async during<Value>(stream: StreamId, answer: Promise<Value>): Promise<Value> {
    this.#asked.add(stream);
    try {
      return await answer;
    } finally {
      this.#asked.delete(stream);
      this.#wait();
    }
  }

  /** Asks at once. Resolves when the answer has been applied. */
  async catchUp(streams: readonly StreamId[]): Promise<void> {
    const cursors = streams.map((stream) => ({ stream, cursor: this.#logOf(stream)?.cursor ?? 0 }));
    for (const stream of streams) this.#asked.add(stream);
    const { epoch } = this.#state;
    const answered = await this.#ask({ op: "resume", epoch, streams: cursors });
    for (const { stream, cursor } of cursors) {
      this.#asked.delete(stream);
      if (answered.op === "done") this.#believe(stream, cursor);
    }
    this.#wait();
  }

  /** An answer that brought nothing: the server has no more than this. */
  #believe(stream: StreamId, cursor: Seq): void {
    const log = this.#logOf(stream);
    if (!log || log.cursor !== cursor || !missingOf(log)) return;
    const { user, me } = this.#state;
    if (stream === me.id) user.value = forgetHearsay(log);
    else {
      const forgotten = { log: forgetHearsay(log) };
      this.#state.change(stream as ChannelId, (channel) => ({ ...channel, ...forgotten }));
    }
  }

  #wait(): void {
    if (!this.#isOpen) return;
    const behind = this.#behind({ tracked: false });
    if (behind.length === 0) return this.#stop();
    const isFull = behind.some((stream) => this.#logOf(stream)!.beyond.length >= beyondMax);
    if (isFull) this.#stop();
    this.#stopTimer ??= this.#clock.after(isFull ? 0 : patienceMs, () => {
      this.#stopTimer = undefined;
      const missing = this.#behind({ tracked: false });
      if (missing.length > 0) void this.catchUp(missing.slice(0, limits.streamsPerResumeMax));
    });
  }

  #stop(): void {
    this.#stopTimer?.();
    this.#stopTimer = undefined;
  }

  #behind({ tracked }: { tracked: boolean }): StreamId[] {
    const { me, user, known } = this.#state;
    const streams: StreamId[] = [me.id, ...(tracked ? known.value : known.peek())];
    return streams.filter((stream) => {
      if (tracked) this.#track(stream, user);
      const log = this.#logOf(stream);
      return log && missingOf(log) !== undefined && !this.#asked.has(stream);
    });
  }

  #track(stream: StreamId, user: State["user"]): void {
    if (stream === this.#state.me.id) void user.value;
    else void this.#state.channel(stream as ChannelId).value;
  }

  #logOf(stream: StreamId): Log | undefined {
    const { me, user } = this.#state;
    if (stream === me.id) return user.peek();
    return this.#state.channel(stream as ChannelId).peek().log;
  }
}

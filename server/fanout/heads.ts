import type { Seq, StreamId } from "#wire/ids.ts";
import { log } from "../observe/log.ts";
import { type Bus, BusAway } from "./bus.ts";
import { headsTopic } from "./topic.ts";

export interface HeadsParts {
  readonly bus: Bus;
  readHeads(streams: readonly StreamId[]): Promise<Map<StreamId, Seq>>;
  /** Monotonic milliseconds. */
  now(): number;
}

/** How long a stream is told of after its last commit here, and after an outcome that nobody knows. */
const toldMs = { commit: 5_000, unknown: 60_000 } as const;

interface Told {
  /** Undefined where it must be read. */
  head: Seq | undefined;
  untilMs: number;
  /** Where it must be read: whether PostgreSQL has answered since the last doubt. */
  isRead: boolean;
}

/**
 * No silent tail: a lost last announcement would never show, so every worker says each second how far the streams are that it
 * wrote lately. Who is behind heals.
 */
export class Heads {
  readonly #parts: HeadsParts;
  readonly #told = new Map<StreamId, Told>();
  #isTelling = false;

  constructor(parts: HeadsParts) {
    this.#parts = parts;
  }

  /** This worker committed up to `head`. */
  wrote(stream: StreamId, head: Seq): void {
    const told = this.#told.get(stream);
    const untilMs = Math.max(told?.untilMs ?? 0, this.#parts.now() + toldMs.commit);
    // A head that must be read stays so: what is known here may be older than the commit that nobody knows of.
    const mustRead = told !== undefined && told.head === undefined;
    this.#told.set(stream, {
      head: mustRead ? undefined : Math.max(told?.head ?? 0, head),
      untilMs,
      isRead: told?.isRead ?? true,
    });
  }

  /** Something of this stream may be committed without having been announced. */
  suspect(stream: StreamId, why: "known_id" | "unknown_outcome"): void {
    const ms = why === "known_id" ? toldMs.commit : toldMs.unknown;
    const untilMs = Math.max(this.#told.get(stream)?.untilMs ?? 0, this.#parts.now() + ms);
    this.#told.set(stream, { head: undefined, untilMs, isRead: false });
  }

  /** Called each second; while PostgreSQL does not answer the one before, nothing new is asked. Never rejects. */
  async tell(): Promise<void> {
    if (this.#isTelling) return;

    this.#isTelling = true;
    await this.#tell();
    this.#isTelling = false;
  }

  async #tell(): Promise<void> {
    const now = this.#parts.now();
    if (!this.#parts.bus.isHealthy) this.#keepAll(now);
    for (const [stream, { head, untilMs, isRead }] of this.#told) {
      // What must be read stays until it was, however long the database is away.
      if (untilMs < now && (isRead || head !== undefined)) this.#told.delete(stream);
    }
    if (this.#told.size === 0) return;

    try {
      const unread = [...this.#told].filter(([, told]) => told.head === undefined);
      const read = unread.length > 0 ? await this.#parts.readHeads(unread.map(([id]) => id)) : [];
      const heads = new Map([...this.#told].map(([stream, { head }]) => [stream, head ?? 0]));
      for (const [stream, head] of read) heads.set(stream, head);
      for (const [stream, told] of unread) {
        // Unless somebody had a new doubt while this was read.
        if (this.#told.get(stream) === told) told.isRead = true;
      }
      await this.#parts.bus.publish(headsTopic, encodeHeads(heads));
    } catch (error) {
      if (!(error instanceof BusAway)) log.warn("heads could not be told", { error });
    }
  }

  /** Perhaps only this worker's way to the bus is gone, and the others compare nothing: what nobody heard is told when it is back. */
  #keepAll(now: number): void {
    for (const told of this.#told.values()) {
      told.untilMs = Math.max(told.untilMs, now + toldMs.commit);
    }
  }
}

/** Pairs of stream and head as float64. */
export function encodeHeads(heads: ReadonlyMap<StreamId, Seq>): Uint8Array {
  const numbers = new Float64Array([...heads].flat());
  return new Uint8Array(numbers.buffer);
}

export function decodeHeads(bytes: Uint8Array): [StreamId, Seq][] {
  // A copy: the bytes of a bus need not be aligned.
  const numbers = new Float64Array(new Uint8Array(bytes).buffer);
  return Array.from({ length: numbers.length / 2 }, (_, at) => [
    numbers[at * 2]! as StreamId,
    numbers[at * 2 + 1]!,
  ]);
}

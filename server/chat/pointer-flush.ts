import type { Interval } from "#wire/event.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { log } from "../observe/log.ts";
import type { PointerMove, PointerMoved } from "../store/pointer.ts";

export interface PointerFlushParts {
  /** Resolves, committed, with what really moved. */
  move(moves: readonly PointerMove[]): Promise<PointerMoved[]>;
  /** Own pointers, in the user's own stream. */
  announce(interval: Interval): void;
  /** What others see, on the channel's `live` topic. */
  tellOthers(channel: ChannelId, pointers: Told[]): void;
  /** Calls back after about `ms`; returns what cancels it. */
  after(ms: number, call: () => void): () => void;
}

/** Pointers are merged so long, and written together. */
export const flushMs = 250;
/** What others see of a pointer is ephemeral and may be lost: it is told once more after so long, unless it has moved on. */
export const repeatMs = 2_000;

interface Told {
  readonly user: UserId;
  readonly readSeq: Seq;
  readonly deliveredSeq: Seq;
}

/** Merges moves of pointers, writes them every 250 ms in key order, and answers and announces only after that commit. */
export class PointerFlush {
  readonly #parts: PointerFlushParts;
  #moves = new Map<string, PointerMove>();
  #waiting: PromiseWithResolvers<void> | undefined;
  /** The statement that is under way. */
  #writing: Promise<void> | undefined;
  /** What was told last of each pointer that is to be told once more. */
  readonly #told = new Map<string, Told>();

  constructor(parts: PointerFlushParts) {
    this.#parts = parts;
  }

  /** Resolves when these moves are committed and announced; rejects where that is unknown, which harms nobody: pointers are sent again. */
  add(moves: readonly PointerMove[]): Promise<void> {
    for (const move of moves) {
      const key = `${move.channelId} ${move.userId}`;
      this.#moves.set(key, merged(this.#moves.get(key), move));
    }
    if (!this.#waiting) {
      this.#waiting = Promise.withResolvers();
      // Each who waits hears of a failure; a flush that nobody waits for any more is no fault.
      this.#waiting.promise.catch(() => undefined);
      this.#parts.after(flushMs, () => void this.#writeNext());
    }
    return this.#waiting.promise;
  }

  /** Writes at once what is waiting. Resolves when nothing is any more; never rejects. */
  async flush(): Promise<void> {
    do await this.#writeNext();
    while (this.#waiting);
  }

  /** One statement at a time: a slow one makes the next larger, not more of them. */
  async #writeNext(): Promise<void> {
    while (this.#writing) await this.#writing;
    if (!this.#waiting) return;

    this.#writing = this.#write(this.#waiting);
    await this.#writing;
    this.#writing = undefined;
  }

  async #write(waiting: PromiseWithResolvers<void>): Promise<void> {
    const moves = [...this.#moves.values()].toSorted(
      (one, other) => one.userId - other.userId || one.channelId - other.channelId,
    );
    this.#waiting = undefined;
    this.#moves = new Map();
    try {
      this.#tell(await this.#parts.move(moves));
      waiting.resolve();
    } catch (error) {
      log.warn("pointers could not be written", { error });
      waiting.reject(error);
    }
  }

  #tell(moved: readonly PointerMoved[]): void {
    const channels = new Map<ChannelId, Told[]>();
    for (const move of moved) {
      const { channelId, userId, readSeq, deliveredSeq, readFrom, seq, seen } = move;
      this.#parts.announce({
        stream: userId,
        from: seq - 1,
        through: seq,
        rows: [
          {
            kind: "pointer",
            entity: channelId,
            version: seq,
            body: { readSeq, deliveredSeq, readFrom },
          },
        ],
      });
      if (!seen) continue;
      const pointers = channels.get(channelId) ?? [];
      pointers.push({ user: userId, readSeq: move.showsReceipts ? readSeq : 0, deliveredSeq });
      channels.set(channelId, pointers);
    }
    for (const [channelId, pointers] of channels) this.#tellTwice(channelId, pointers);
  }

  #tellTwice(channelId: ChannelId, pointers: Told[]): void {
    this.#parts.tellOthers(channelId, pointers);
    for (const pointer of pointers) this.#told.set(`${channelId} ${pointer.user}`, pointer);
    this.#parts.after(repeatMs, () => {
      const same = pointers.filter((pointer) => {
        const key = `${channelId} ${pointer.user}`;
        return this.#told.get(key) === pointer && this.#told.delete(key);
      });
      if (same.length > 0) this.#parts.tellOthers(channelId, same);
    });
  }
}

/** `readSeq` and `deliveredSeq` grow; of `readFrom` the later one counts, and a later `readSeq` alone moves an earlier one up. */
function merged(earlier: PointerMove | undefined, later: PointerMove): PointerMove {
  if (!earlier) return later;
  return {
    ...later,
    readSeq: greater(earlier.readSeq, later.readSeq),
    deliveredSeq: greater(earlier.deliveredSeq, later.deliveredSeq),
    readFrom:
      later.readFrom ??
      (earlier.readFrom === null ? null : greater(earlier.readFrom, later.readSeq)),
  };
}

function greater(one: Seq | null, other: Seq | null): Seq | null {
  if (one === null || other === null) return one ?? other;
  return Math.max(one, other);
}

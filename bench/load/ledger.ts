import type { ChannelId, Seq } from "#wire/ids.ts";

/** What a run has to answer for. All of it but the first three must be 0. */
export interface Counts {
  readonly sends: number;
  /** Sends × those who were to hear them. */
  readonly expected: number;
  readonly deliveries: number;
  readonly missing: number;
  readonly doubled: number;
  /** Heard after one with a greater number. */
  readonly reordered: number;
  /** Heard, but nobody was told that it is stored. */
  readonly unaccounted: number;
}

/** What one socket has heard in one channel: every message once, in order, or it is counted. */
export class Heard {
  #bits = new Uint32Array(32);
  #newest = -1;
  count = 0;
  doubled = 0;
  reordered = 0;

  hear(seq: Seq): void {
    if (this.has(seq)) {
      this.doubled++;
      return;
    }
    if (seq < this.#newest) this.reordered++;
    else this.#newest = seq;
    const word = seq >>> 5;
    if (word >= this.#bits.length) this.#grow(word);
    this.#bits[word]! |= 1 << (seq & 31);
    this.count++;
  }

  has(seq: Seq): boolean {
    return ((this.#bits[seq >>> 5] ?? 0) & (1 << (seq & 31))) !== 0;
  }

  #grow(word: number): void {
    const bits = new Uint32Array(Math.max(word + 1, this.#bits.length * 2));
    bits.set(this.#bits);
    this.#bits = bits;
  }
}

/**
 * Who was to hear what, and who has: each message that the server acknowledged, at every reader of its channel, exactly once and in order. A run
 * that delivered less did not run faster, it failed.
 */
export class Ledger {
  readonly #sent = new Map<ChannelId, Set<Seq>>();
  readonly #readers = new Map<ChannelId, Heard[]>();

  /** Somebody who is to hear everything that is sent to the channel from now on. */
  reader(channel: ChannelId): Heard {
    const heard = new Heard();
    const readers = this.#readers.get(channel) ?? [];
    this.#readers.set(channel, readers);
    readers.push(heard);
    return heard;
  }

  /** The server said that it is stored. */
  sent(channel: ChannelId, seq: Seq): void {
    const seqs = this.#sent.get(channel) ?? new Set();
    this.#sent.set(channel, seqs.add(seq));
  }

  /** What is stored in a channel by what the server said. */
  sentTo(channel: ChannelId): ReadonlySet<Seq> {
    return this.#sent.get(channel) ?? new Set();
  }

  /** Whether as many were heard as are to be; cheap enough to be asked again and again. */
  get isComplete(): boolean {
    const { expected, deliveries } = this.#sums();
    return deliveries >= expected;
  }

  counts(): Counts {
    let [missing, doubled, reordered, unaccounted] = [0, 0, 0, 0];
    for (const [channel, readers] of this.#readers) {
      const sent = [...(this.#sent.get(channel) ?? [])];
      for (const heard of readers) {
        const found = sent.filter((seq) => heard.has(seq)).length;
        missing += sent.length - found;
        unaccounted += heard.count - found;
        doubled += heard.doubled;
        reordered += heard.reordered;
      }
    }
    return { ...this.#sums(), missing, doubled, reordered, unaccounted };
  }

  #sums(): Pick<Counts, "sends" | "expected" | "deliveries"> {
    let [sends, expected, deliveries] = [0, 0, 0];
    for (const seqs of this.#sent.values()) sends += seqs.size;
    for (const [channel, readers] of this.#readers) {
      expected += (this.#sent.get(channel)?.size ?? 0) * readers.length;
      for (const { count } of readers) deliveries += count;
    }
    return { sends, expected, deliveries };
  }
}

/** One sentence for each count that is wrong. */
export function faultsOf({ sends, expected, ...counts }: Counts): string[] {
  const { deliveries, ...wrong } = counts;
  const faults = Object.entries(wrong)
    .filter(([, count]) => count > 0)
    .map(([name, count]) => `${count} ${name}`);
  if (sends === 0) faults.push("nothing was sent");
  if (deliveries !== expected) faults.push(`${deliveries} deliveries, not ${expected}`);
  return faults;
}

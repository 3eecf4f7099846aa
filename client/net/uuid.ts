/** Of the twelve bits that count within a millisecond. */
const countMax = 0xfff;

/**
 * Makes ids of messages: UUIDs of version 7 (RFC 9562, 5.7), which sort by the moment of their making, also within one millisecond.
 * `crypto.randomUUID` is neither of version 7 nor there on plain http.
 */
export class MessageIds {
  readonly #now: () => number;
  #lastMs = 0;
  #count = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  next(): string {
    const nowMs = this.#moment();
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const view = new DataView(bytes.buffer);
    view.setUint32(0, Math.floor(nowMs / 2 ** 16));
    view.setUint16(4, nowMs % 2 ** 16);
    // Method 1 of RFC 9562, 6.2: the twelve bits after the version count within a millisecond.
    view.setUint16(6, 0x7000 | this.#count);
    view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }
  /** The clock's, but never back and with room for the count. */
  #moment(): number {
    const nowMs = this.#now();
    const isFull = this.#count === countMax;
    if (nowMs > this.#lastMs || isFull) {
      this.#lastMs = Math.max(nowMs, this.#lastMs + 1);
      this.#count = 0;
    } else {
      this.#count++;
    }
    return this.#lastMs;
  }
}

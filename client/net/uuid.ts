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
    const nowMs = Math.max(this.#now(), this.#lastMs);
    this.#count = nowMs === this.#lastMs ? this.#count + 1 : 0;
    this.#lastMs = nowMs;
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    const view = new DataView(bytes.buffer);
    view.setUint32(0, Math.floor(nowMs / 2 ** 16));
    view.setUint16(4, nowMs % 2 ** 16);
    // Method 1 of RFC 9562, 6.2: the twelve bits after the version count within a millisecond.
    view.setUint16(6, 0x7000 | (this.#count & 0xfff));
    view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
    const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }
}

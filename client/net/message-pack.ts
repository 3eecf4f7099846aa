/**
 * MessagePack as far as the protocol goes: nil, booleans, numbers, text and arrays. `build.ts` puts it in the place of msgpackr,
 * which would be a third of the first load (12 KB of 35) and tries `new Function`, which the page's policy reports as an error.
 * `message-pack.test.ts` holds both to the same bytes and values.
 */
const textEncoder = new TextEncoder();
const textDecoder = new TextDecoder();

const uint32Max = 2 ** 32;

class Writer {
  #bytes = new Uint8Array(256);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** Makes room, and returns where to write. */
  #claim(count: number): number {
    const at = this.#length;
    this.#length += count;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }

  #byte(value: number): void {
    const at = this.#claim(1);
    this.#bytes[at] = value;
  }

  /** One head byte and a number of `size` bytes behind it. */
  #head(head: number, size: 1 | 2 | 4, value: number): void {
    const at = this.#claim(1 + size);
    this.#bytes[at] = head;
    if (size === 1) this.#view.setUint8(at + 1, value);
    else if (size === 2) this.#view.setUint16(at + 1, value);
    else this.#view.setUint32(at + 1, value);
  }

  /** The four forms of a length: within the head byte, and in 1, 2 or 4 bytes behind it. */
  #lengthOf(count: number, fixed: number, fixedMax: number, heads: [number, number, number]): void {
    if (count <= fixedMax) this.#byte(fixed | count);
    else if (heads[0] && count < 0x100) this.#head(heads[0], 1, count);
    else if (count < 0x10000) this.#head(heads[1], 2, count);
    else this.#head(heads[2], 4, count);
  }

  #number(value: number): void {
    if (!Number.isInteger(value) || value < -0x80000000) this.#float(value);
    else if (value >= uint32Max) this.#float(value);
    else if (value >= 0) this.#lengthOf(value, 0, 0x7f, [0xcc, 0xcd, 0xce]);
    else if (value >= -0x20) this.#byte(value & 0xff);
    else if (value >= -0x80) this.#head(0xd0, 1, value & 0xff);
    else if (value >= -0x8000) this.#head(0xd1, 2, value & 0xffff);
    else this.#head(0xd2, 4, value >>> 0);
  }

  #float(value: number): void {
    const at = this.#claim(9);
    this.#bytes[at] = 0xcb;
    this.#view.setFloat64(at + 1, value);
  }

  #text(value: string): void {
    const bytes = textEncoder.encode(value);
    this.#lengthOf(bytes.length, 0xa0, 0x1f, [0xd9, 0xda, 0xdb]);
    const at = this.#claim(bytes.length);
    this.#bytes.set(bytes, at);
  }

  write(value: unknown): void {
    if (typeof value === "number") this.#number(value);
    else if (typeof value === "string") this.#text(value);
    else if (value === null || value === undefined) this.#byte(0xc0);
    else if (typeof value === "boolean") this.#byte(value ? 0xc3 : 0xc2);
    else if (Array.isArray(value)) {
      this.#lengthOf(value.length, 0x90, 0x0f, [0, 0xdc, 0xdd]);
      for (const element of value) this.write(element);
    } else {
      throw new TypeError(`the protocol has no ${typeof value}`);
    }
  }

  /** The caller owns the bytes. */
  end(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }
}

/** Reads bytes that `checkShape` has found to be one whole value; what it refuses never comes here. */
class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  #uint(size: 1 | 2 | 4): number {
    const at = this.#at;
    this.#at += size;
    if (size === 1) return this.#view.getUint8(at);
    return size === 2 ? this.#view.getUint16(at) : this.#view.getUint32(at);
  }

  #text(count: number): string {
    const at = this.#at;
    this.#at += count;
    return textDecoder.decode(this.#bytes.subarray(at, this.#at));
  }

  #array(count: number): unknown[] {
    return Array.from({ length: count }, () => this.read());
  }

  /** The numbers of 4 and 8 bytes that are not unsigned of 1, 2 or 4. */
  #wide(head: number): number {
    const at = this.#at;
    this.#at += head === 0xca ? 4 : 8;
    if (head === 0xca) return this.#view.getFloat32(at);
    if (head === 0xcb) return this.#view.getFloat64(at);
    return Number(head === 0xcf ? this.#view.getBigUint64(at) : this.#view.getBigInt64(at));
  }

  read(): unknown {
    const head = this.#uint(1);
    if (head <= 0x7f) return head;
    if (head >= 0xe0) return head - 0x100;
    if (head <= 0x9f) return this.#array(head & 0x0f);
    if (head <= 0xbf) return this.#text(head & 0x1f);
    switch (head) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return head === 0xc3;
      case 0xcc:
      case 0xcd:
      case 0xce:
        return this.#uint((1 << (head - 0xcc)) as 1 | 2 | 4);
      case 0xd0:
        return (this.#uint(1) << 24) >> 24;
      case 0xd1:
        return (this.#uint(2) << 16) >> 16;
      case 0xd2:
        return this.#uint(4) | 0;
      case 0xd9:
      case 0xda:
      case 0xdb:
        return this.#text(this.#uint((1 << (head - 0xd9)) as 1 | 2 | 4));
      case 0xdc:
        return this.#array(this.#uint(2));
      case 0xdd:
        return this.#array(this.#uint(4));
      default:
        return this.#wide(head);
    }
  }
}

/** As much of msgpackr's class as `#wire/codec.ts` calls. */
export class Packr {
  pack(value: unknown): Uint8Array {
    const writer = new Writer();
    writer.write(value);
    return writer.end();
  }

  unpack(bytes: Uint8Array): unknown {
    return new Reader(bytes).read();
  }
}

/** Anything that a frame may hold. */
export type Packed = number | boolean | string | null | Packed[];

/**
 * A value of MessagePack, unchecked: k6's script engine is a hundred times slower than a browser's, and the protocol's own codec, which checks every field,
 * would be most of what is measured. Integers are not negative and floats are of 64 bits, as the protocol has them.
 */
export function unpack(bytes: Uint8Array): Packed {
  let at = 0;
  const uint = (width: number): number => {
    let value = 0;
    for (const end = at + width; at < end; at++) value = value * 256 + bytes[at]!;
    return value;
  };
  const text = (length: number): string => {
    const chars = bytes.subarray(at, (at += length));
    return String.fromCharCode.apply(null, chars as unknown as number[]);
  };
  const array = (length: number): Packed[] => {
    const values: Packed[] = [];
    while (values.length < length) values.push(value());
    return values;
  };
  const value = (): Packed => {
    const type = bytes[at++]!;
    if (type < 0x80) return type;
    if (type >> 4 === 0x9) return array(type & 0x0f);
    if (type >> 5 === 0x5) return text(type & 0x1f);
    switch (type) {
      case 0xc0:
        return null;
      case 0xc2:
      case 0xc3:
        return type === 0xc3;
      case 0xcb:
        at += 8;
        return new DataView(bytes.buffer, bytes.byteOffset + at - 8).getFloat64(0);
      case 0xcc:
      case 0xcd:
      case 0xce:
      case 0xcf:
        return uint(1 << (type - 0xcc));
      case 0xd9:
      case 0xda:
        return text(uint(1 << (type - 0xd9)));
      case 0xdc:
        return array(uint(2));
      default:
        throw new Error(`a frame holds type ${type}`);
    }
  };
  return value();
}

/** The frames of a bundle, none of them read; of any other frame itself. A script engine takes milliseconds for what it reads whole. */
export function partsOf(bytes: Uint8Array): Uint8Array[] {
  const [count, start] =
    bytes[0] === 0xdc ? [bytes[1]! * 256 + bytes[2]!, 3] : [bytes[0]! & 0x0f, 1];
  if (!isArray(bytes[start])) return [bytes];

  const parts: Uint8Array[] = [];
  for (let at = start; parts.length < count;) {
    const end = endOf(bytes, at);
    parts.push(bytes.subarray(at, end));
    at = end;
  }
  return parts;
}

const isArray = (type: number | undefined): boolean =>
  type !== undefined && (type >> 4 === 0x9 || type === 0xdc);

/** Where the value ends that begins there, whatever it holds. Integers are not negative and floats are of 64 bits, as the protocol has them. */
function endOf(bytes: Uint8Array, start: number): number {
  let at = start;
  for (let left = 1; left > 0; left--) {
    const type = bytes[at++]!;
    if (type < 0x80 || (type >= 0xc0 && type <= 0xc3)) continue;
    if (type >> 4 === 0x9) left += type & 0x0f;
    else if (type >> 5 === 0x5) at += type & 0x1f;
    else if (type === 0xcb) at += 8;
    else if (type >= 0xcc && type <= 0xcf) at += 1 << (type - 0xcc);
    else if (type === 0xd9) at += 1 + bytes[at]!;
    else if (type === 0xda) at += 2 + bytes[at]! * 256 + bytes[at + 1]!;
    else if (type === 0xdc) {
      left += bytes[at]! * 256 + bytes[at + 1]!;
      at += 2;
    } else throw new Error(`a frame holds type ${type}`);
  }
  return at;
}

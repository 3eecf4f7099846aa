import { WireError } from "./schema.ts";
import { isUtf8 } from "./utf8.ts";

/** Arrays inside arrays. The deepest frame has 6: bundle, interval, rows, row, membership, peer. */
const depthMax = 7;

/**
 * Walks the headers of one MessagePack value before anything is allocated for it: the declared lengths lie inside the bytes, nothing
 * follows the value, and it has only nil, booleans, numbers, UTF-8 text and arrays. Without it a frame of five bytes could claim an
 * array of four thousand million elements.
 *
 * @throws WireError that says what was found where
 */
export function checkShape(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = bytes.byteLength;
  /** Elements still to come of each open array. */
  const open: number[] = [1];
  let at = 0;

  const need = (count: number): void => {
    if (at + count > end) throw new WireError(`cut short at byte ${end}`);
  };
  const enter = (count: number): void => {
    if (count > end - at) throw new WireError(`an array at byte ${at} claims ${count} elements`);
    if (open.length > depthMax) throw new WireError(`nested too deeply at byte ${at}`);
    if (count > 0) open.push(count);
  };
  const length = (size: 1 | 2 | 4): number => {
    need(size);
    const value =
      size === 1 ? view.getUint8(at) : size === 2 ? view.getUint16(at) : view.getUint32(at);
    at += size;
    return value;
  };
  const skip = (count: number): void => {
    need(count);
    at += count;
  };
  const readText = (count: number): void => {
    need(count);
    if (!isUtf8(bytes, at, at + count)) throw new WireError(`text at byte ${at} is not UTF-8`);
    at += count;
  };

  while (open.length > 0) {
    if (open[open.length - 1] === 0) {
      open.pop();
      continue;
    }
    open[open.length - 1]!--;
    need(1);
    const head = bytes[at++]!;
    if (head <= 0x7f || head >= 0xe0) continue;
    if (head >= 0x90 && head <= 0x9f) enter(head & 0x0f);
    else if (head >= 0xa0 && head <= 0xbf) readText(head & 0x1f);
    else if (head === 0xc0 || head === 0xc2 || head === 0xc3) continue;
    else if (head === 0xca) skip(4);
    else if (head === 0xcb) skip(8);
    else if (head >= 0xcc && head <= 0xcf) skip(1 << (head - 0xcc));
    else if (head >= 0xd0 && head <= 0xd3) skip(1 << (head - 0xd0));
    else if (head === 0xd9) readText(length(1));
    else if (head === 0xda) readText(length(2));
    else if (head === 0xdb) readText(length(4));
    else if (head === 0xdc) enter(length(2));
    else if (head === 0xdd) enter(length(4));
    else throw new WireError(`byte ${at - 1} begins a type that the protocol does not use`);
  }
  if (at !== end) throw new WireError(`${end - at} bytes follow the frame`);
}

/**
 * The same for a value that came as JSON: what MessagePack could not have carried is refused, so that both encodings say the same.
 *
 * @throws WireError that says what was found
 */
export function checkJson(value: unknown, depth = 0): void {
  if (typeof value === "string" && !value.isWellFormed()) {
    throw new WireError("text with half a surrogate pair");
  }
  if (typeof value !== "object" || value === null) return;
  if (!Array.isArray(value)) throw new WireError("an object, which the protocol does not use");
  if (depth >= depthMax) throw new WireError("nested too deeply");
  for (const element of value) checkJson(element, depth + 1);
}

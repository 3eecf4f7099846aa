/** What stands before everything else in a frame that holds one array. */
export interface Head {
  readonly opcode: number;
  /** The numbers and truths that follow, up to the first text or list. */
  readonly fields: readonly number[];
  /** How many that list has; 0 where none follows. */
  readonly rows: number;
}

/**
 * Reads a frame's beginning. A script engine takes milliseconds for a page of history whole, and would be what is measured.
 * Undefined where it is a bundle, or begins otherwise.
 */
export function headOf(bytes: Uint8Array): Head | undefined {
  const first = bytes[0]!;
  if (first >> 4 !== 0x9) return undefined;
  const elements = first & 0x0f;
  const fields: number[] = [];
  let at = 1;
  const uint = (width: number): number => {
    let value = 0;
    for (let index = 0; index < width; index++) value = value * 256 + bytes[at++]!;
    return value;
  };
  while (fields.length < elements) {
    const type = bytes[at++]!;
    if (type < 0x80) fields.push(type);
    else if (type === 0xc2 || type === 0xc3) fields.push(type & 1);
    else if (type >= 0xcc && type <= 0xcf) fields.push(uint(1 << (type - 0xcc)));
    else if (type === 0xcb) {
      fields.push(new DataView(bytes.buffer, bytes.byteOffset + at).getFloat64(0));
      at += 8;
    } else {
      const rows = type >> 4 === 0x9 ? type & 0x0f : type === 0xdc ? uint(2) : 0;
      return withOpcode(fields, rows);
    }
  }
  return withOpcode(fields, 0);
}

function withOpcode([opcode, ...fields]: number[], rows: number): Head | undefined {
  return opcode === undefined ? undefined : { opcode, fields, rows };
}

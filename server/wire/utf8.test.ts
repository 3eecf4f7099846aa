import { expect, test } from "bun:test";
import fc from "fast-check";

import { isUtf8 } from "./utf8.ts";

/** The platform's own decoder is the oracle. */
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
function oracle(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

test("S5: every code point is UTF-8, and no half of a pair is", () => {
  const encoder = new TextEncoder();
  for (let code = 0; code <= 0x10ffff; code += code < 0x1000 ? 1 : 61) {
    if (code >= 0xd800 && code <= 0xdfff) continue;
    const bytes = encoder.encode(String.fromCodePoint(code));
    if (!isUtf8(bytes, 0, bytes.length)) throw new Error(`U+${code.toString(16)} is refused`);
  }
  for (let second = 0xa0; second <= 0xbf; second++) {
    expect(isUtf8(Uint8Array.of(0xed, second, 0x80), 0, 3)).toBe(false);
  }
});

test("S5: every sequence of two bytes is judged as the platform judges it", () => {
  for (let pair = 0; pair <= 0xffff; pair++) {
    const bytes = Uint8Array.of(pair >> 8, pair & 0xff);
    if (isUtf8(bytes, 0, 2) !== oracle(bytes)) throw new Error(`${pair.toString(16)} is misjudged`);
  }
});

test("S5: every lead of three or four bytes with every second byte is judged as the platform judges it", () => {
  for (let lead = 0xe0; lead <= 0xff; lead++) {
    for (let second = 0; second <= 0xff; second++) {
      for (const more of [1, 2]) {
        const bytes = Uint8Array.of(lead, second, ...Array<number>(more).fill(0x80));
        const judged = `${Buffer.from(bytes).toString("hex")} ${isUtf8(bytes, 0, bytes.length)}`;
        if (!judged.endsWith(` ${oracle(bytes)}`)) throw new Error(`${judged} is misjudged`);
      }
    }
  }
});

test("S5: any bytes are judged as the platform judges them", () => {
  const lead = fc.constantFrom(0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf4, 0xf5);
  const next = fc.constantFrom(0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0);
  const bytes = fc.array(fc.oneof(lead, next, next, fc.nat(255)), { maxLength: 6 });
  fc.assert(
    fc.property(
      bytes,
      (each) => isUtf8(Uint8Array.from(each), 0, each.length) === oracle(Uint8Array.from(each)),
    ),
    { numRuns: 5_000 },
  );
});

test("S5: only the bytes of the text are looked at", () => {
  expect(isUtf8(Uint8Array.of(0xff, 0x61, 0xff), 1, 2)).toBe(true);
  expect(isUtf8(Uint8Array.of(0xc3, 0xa9), 0, 1)).toBe(false);
});

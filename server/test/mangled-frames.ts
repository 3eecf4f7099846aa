/** Frames as no honest client sends them: random, cut, spliced, lying about their lengths. */
import fc from "fast-check";

import { encodeAnswer, encodeCommand, type Frame, packAnswer, packCommand } from "#wire/codec.ts";
import { arbitraryAnswer, arbitraryCommand } from "./arbitrary-frames.ts";

/** Heads of every type of MessagePack, above all of those that claim a length. */
const liars = [
  "ddffffffff",
  "dd03ffffff",
  "dcffff",
  "dbffffffff",
  "daffff",
  "d9ff",
  "9f",
  "dfffffffff",
  "de0001",
  "8f",
  "81",
  "a95f5f70726f746f5f5f",
  "c1",
  "c403000000",
  "c6ffffffff",
  "c7ff01",
  "c9ffffffff01",
  "d40100",
  "d6ff00000000",
  "d8",
  "cb7ff8000000000000",
  "cb7ff0000000000000",
  "cb8000000000000000",
  "ca7fc00000",
  "cb4340000000000000",
  "cf0020000000000000",
  "cfffffffffffffffff",
  "d38000000000000000",
  "ff",
  "e0",
  "d0ff",
  "c0",
  "c2",
  "c3",
  "a1ff",
  "a2c080",
  "a3eda080",
  "a4f4908080",
  "a1c3",
  "a3efbbbf",
].map((hex) => new Uint8Array(Buffer.from(hex, "hex")));

const honest = fc.oneof(arbitraryCommand.map(encodeCommand), arbitraryAnswer.map(encodeAnswer));
const honestText = fc
  .oneof(arbitraryCommand.map(packCommand), arbitraryAnswer.map(packAnswer))
  .map((packed) => JSON.stringify(packed));

const place = fc.double({ min: 0, max: 1, noNaN: true });
const piece = fc.oneof(fc.constantFrom(...liars), fc.uint8Array({ maxLength: 8 }), honest);

/** Puts `put` where `cut` (a part of what follows) was taken out, at `at` (a part of the whole). */
function splice(bytes: Uint8Array, at: number, cut: number, put: Uint8Array): Uint8Array {
  const from = Math.floor(at * bytes.length);
  const to = from + Math.floor(cut * (bytes.length - from));
  return Buffer.concat([bytes.subarray(0, from), put, bytes.subarray(to)]);
}

const changes = fc.array(
  fc.record({
    at: place,
    cut: fc.oneof(fc.constant(0), fc.double({ min: 0, max: 0.05, noNaN: true }), place),
    put: piece,
  }),
  { minLength: 1, maxLength: 4 },
);
const mutated = fc
  .tuple(honest, changes)
  .map(([bytes, each]) =>
    each.reduce((held, { at, cut, put }) => splice(held, at, cut, put), bytes),
  );
const truncated = fc
  .tuple(honest, place)
  .map(([bytes, at]) => bytes.subarray(0, Math.floor(at * bytes.length)));
const nested = fc
  .tuple(fc.integer({ min: 0, max: 2_000 }), honest, fc.constantFrom(0x91, 0x92, 0x9f))
  .map(([depth, bytes, head]) => Buffer.concat([Buffer.alloc(depth, head), bytes]));

const brokenText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.json({ stringUnit: "binary" }),
  fc
    .tuple(
      honestText,
      place,
      place,
      fc.constantFrom(
        "[",
        "]",
        "{",
        "}",
        '"',
        ",",
        "-0",
        "1e400",
        "\\ud800",
        '{"__proto__":1}',
        "null",
      ),
    )
    .map(([text, at, cut, put]) => {
      const from = Math.floor(at * text.length);
      return text.slice(0, from) + put + text.slice(from + Math.floor(cut * (text.length - from)));
    }),
  fc.integer({ min: 0, max: 20_000 }).map((depth) => "[".repeat(depth) + "]".repeat(depth)),
);

/** Any bytes and any text; most of them begin as a frame of the protocol. */
export const mangledFrame: fc.Arbitrary<Frame> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.array(piece, { maxLength: 12 }).map((pieces) => Buffer.concat(pieces)),
  truncated,
  nested,
  { weight: 4, arbitrary: mutated },
  { weight: 2, arbitrary: brokenText },
);

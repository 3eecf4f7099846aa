import { expect, test } from "bun:test";
import fc from "fast-check";
import { Packr as Library } from "msgpackr";
import { checkShape } from "#wire/shape.ts";
import answers from "../../server/wire/vectors/answers.json";
import bundles from "../../server/wire/vectors/bundles.json";
import commands from "../../server/wire/vectors/commands.json";
import otherForms from "../../server/wire/vectors/other-forms.json";
import { Packr } from "./message-pack.ts";

const library = new Library({ useRecords: false, int64AsType: "number" });
const own = new Packr();

const edges = [
  0,
  31,
  32,
  127,
  128,
  255,
  256,
  32_767,
  32_768,
  65_535,
  65_536,
  2 ** 31,
  2 ** 32,
  2 ** 53 - 1,
];
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { depthSize: "small" },
    fc.constant(null),
    fc.boolean(),
    fc.constantFrom(...edges, ...edges.map((edge) => -edge)),
    fc.maxSafeInteger(),
    fc.double({ noNaN: true }),
    fc.string({ unit: "grapheme" }),
    fc.array(tie("any"), { maxLength: 20 }),
  ),
})).any;

test("M1: our MessagePack writes the bytes that the library writes, and reads what it wrote", () => {
  fc.assert(
    fc.property(value, (any) => {
      const bytes = own.pack([any]);
      expect(bytes.toHex()).toBe(Uint8Array.from(library.pack([any])).toHex());
      expect(own.unpack(bytes)).toEqual(library.unpack(bytes));
    }),
    { numRuns: 2_000 },
  );
});

test.each([
  ["text", (length: number) => "ä".repeat(length)],
  ["arrays", (length: number) => Array.from({ length }, () => null)],
])("M1: %s of every form of length", (_what, make) => {
  for (const length of [0, 15, 16, 31, 32, 127, 128, 255, 256, 32_768, 65_535, 65_536]) {
    const bytes = own.pack([make(length)]);
    expect(bytes.toHex()).toBe(Uint8Array.from(library.pack([make(length)])).toHex());
    expect(own.unpack(bytes)).toEqual([make(length)]);
  }
});

test("M1: it reads every golden vector, also in forms that we never write", () => {
  const all = [...answers, ...bundles, ...commands, ...otherForms] as { hex: string }[];
  expect(all.length).toBeGreaterThan(20);
  for (const { hex } of all) {
    const bytes = Uint8Array.fromHex(hex);
    checkShape(bytes);
    expect(own.unpack(bytes)).toEqual(library.unpack(bytes));
  }
});

/** What the scripts read by places is what the protocol reads by names. */
import { expect, test } from "bun:test";
import { decodeAnswers, encode } from "#wire/codec.ts";
import { opcode } from "#wire/opcode.ts";
import { birthsIn } from "../../load/cursor.ts";
import vectors from "../../../server/wire/vectors/answers.json";
import { intervalIn } from "./shared.ts";
import { toldIn, toldOf } from "./told.ts";
import { type Packed, unpack } from "./unpack.ts";

const bytesOf = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, "hex"));
const isAscii = (value: unknown): boolean => /^[\0-\x7f]*$/.test(JSON.stringify(value));

test("every vector of plain text is read as the protocol does, and told by its name", () => {
  const plain = vectors.filter(({ value }) => isAscii(value));
  expect(plain.length).toBeGreaterThan(vectors.length / 2);
  for (const { hex, value } of plain) {
    const bytes = bytesOf(hex);
    const [answer] = decodeAnswers(bytes);
    const [told] = toldIn(bytes, 5);
    expect(unpack(bytes)).toEqual(value as Packed);
    expect(told).toMatchObject({ op: answer!.op, atMs: 5 });
    expect(told!.ref).toBe(answer && "ref" in answer ? answer.ref : undefined);
    expect(told!.read()).toEqual(answer!);
    const [same] = toldOf(value, 5);
    expect([same!.op, same!.ref, same!.rows]).toEqual([told!.op, told!.ref, told!.rows]);
  }
});

test("an interval's messages are the same, read whole or in part", () => {
  const intervals = vectors.filter(({ value }) => value[0] === opcode.interval && isAscii(value));
  const births = intervals.flatMap(({ hex }) => {
    const bytes = bytesOf(hex);
    const [whole] = decodeAnswers(bytes);
    if (whole?.op !== "interval") return [];
    const known = birthsIn(whole).map(({ entity, body }) => [entity, body!.body]);
    const shared = intervalIn(bytes.buffer as ArrayBuffer)!;
    expect(shared).toMatchObject({
      stream: whole.stream,
      from: whole.from,
      through: whole.through,
    });
    expect(shared.births.map(({ seq, body }) => [seq, body])).toEqual(known);
    if (known.length > 0) expect(intervalIn(bytes.slice().buffer)).toBe(shared);
    return known;
  });
  expect(births.length).toBeGreaterThan(0);
});

test("nothing but an interval is taken for one", () => {
  const others = vectors.filter(({ value }) => value[0] !== opcode.interval);
  for (const { hex } of others)
    expect(intervalIn(bytesOf(hex).buffer as ArrayBuffer)).toBeUndefined();
});

test("a page says how many rows it has before anybody reads them", () => {
  const page = vectors.find(({ value }) => value[0] === opcode.page)!;
  expect(toldIn(bytesOf(page.hex), 0)[0]!.rows).toBe((page.value[5] as unknown[]).length);
  const rows = Array.from({ length: 50 }, (_, index) => [1, index + 1, index + 1, null]);
  expect(toldIn(encode([opcode.page, 3, 70, 1, false, rows]), 0)[0]!.rows).toBe(50);
});

test.each([2, 15, 16, vectors.length])(
  "a bundle of %i answers is each of them, in order",
  (count) => {
    const some = vectors.slice(0, count).filter(({ value }) => isAscii(value));
    const told = toldIn(encode(some.map(({ value }) => value)), 5);
    expect(told.map((each) => each.read())).toEqual(
      some.flatMap(({ hex }) => decodeAnswers(bytesOf(hex))),
    );
    expect(told.every(({ atMs }) => atMs === 5)).toBe(true);
  },
);

test("a bundle is all that it holds, in order", () => {
  const told = toldIn(encode([[opcode.done, 7], [opcode.caughtUp]]), 0);
  expect(told.map(({ op, ref }) => [op, ref])).toEqual([
    ["done", 7],
    ["caughtUp", undefined],
  ]);
});

/** Any command and any answer, made from the schema itself, so that a new field is tried without a word here. */
import fc from "fast-check";

import { type Command, commandFields, type CommandName } from "#wire/command.ts";
import {
  type Answer,
  eventFields,
  type EventName,
  replyFields,
  type ReplyName,
} from "#wire/event.ts";
import { type Row, row } from "#wire/row.ts";
import { record } from "#wire/schema.ts";
import { parseShape, type SchemaTree } from "./schema-tree.ts";

const edges = [
  0,
  1,
  127,
  128,
  255,
  256,
  65_535,
  65_536,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 1,
  2 ** 32,
];
const uint = fc.oneof(fc.constantFrom(...edges, Number.MAX_SAFE_INTEGER), fc.maxSafeNat());
const id = uint.map((number) => Math.max(1, number));

/** Whole code points at most, cut to UTF-16 units without halving a pair. */
function textOf(charsMax: number): fc.Arbitrary<string> {
  const short = fc.string({ unit: "binary", maxLength: Math.min(charsMax, 300) });
  const longest = fc
    .constantFrom("a", "é", "世", "\u0000", "\ufeff")
    .map((char) => char.repeat(charsMax));
  return fc
    .oneof({ weight: 30, arbitrary: short }, { weight: 1, arbitrary: longest })
    .map((text) => {
      const cut = text.slice(0, charsMax);
      return cut.isWellFormed() ? cut : cut.slice(0, -1);
    });
}

function scalarOf(shape: string): fc.Arbitrary<unknown> {
  const chars = /^text of at most (\d+)$/.exec(shape);
  if (chars) return textOf(Number(chars[1]));
  const words = /^one of (.+)$/.exec(shape);
  if (words) return fc.constantFrom(...words[1]!.split(" "));
  if (shape === "bool") return fc.boolean();
  if (shape === "uuid") return fc.uuid();
  if (shape === "uint" || shape === "time") return uint;
  return id;
}

function valueOf(tree: SchemaTree): fc.Arbitrary<unknown> {
  switch (tree.sort) {
    case "scalar":
      return scalarOf(tree.shape);
    case "optional":
      return fc.option(valueOf(tree.of), { nil: null });
    case "list":
      return fc.array(valueOf(tree.of), { minLength: tree.min, maxLength: Math.min(tree.max, 6) });
    case "record":
      return fc.record(Object.fromEntries(tree.fields.map(([name, of]) => [name, valueOf(of)])), {
        noNullPrototype: true,
      });
    case "row":
      return fc.oneof(
        ...tree.bodies.map(({ kind, body }) =>
          fc.record(
            {
              kind: fc.constant(kind),
              entity: uint,
              version: uint,
              body: fc.option(valueOf(body), { nil: null }),
            },
            { noNullPrototype: true },
          ),
        ),
      );
  }
}

function frameOf<Frame>(
  op: string,
  fields: Record<string, unknown>,
  hasRef: boolean,
): fc.Arbitrary<Frame> {
  const values = valueOf(parseShape(record(fields).shape)) as fc.Arbitrary<object>;
  return fc
    .tuple(uint, values)
    .map(([ref, held]) => (hasRef ? { op, ref, ...held } : { op, ...held }) as Frame);
}

export const arbitraryCommandOf = (name: CommandName): fc.Arbitrary<Command> =>
  frameOf(name, commandFields[name], true);
export const arbitraryAnswerOf = (name: ReplyName | EventName): fc.Arbitrary<Answer> =>
  name in replyFields
    ? frameOf(name, replyFields[name as ReplyName], true)
    : frameOf(name, eventFields[name as EventName], false);

export const commandNames = Object.keys(commandFields) as CommandName[];
export const answerNames = [...Object.keys(replyFields), ...Object.keys(eventFields)] as (
  ReplyName | EventName
)[];

export const arbitraryCommand = fc.oneof(...commandNames.map(arbitraryCommandOf));
export const arbitraryAnswer = fc.oneof(...answerNames.map(arbitraryAnswerOf));
export const arbitraryRow = valueOf(parseShape(row.shape)) as fc.Arbitrary<Row>;

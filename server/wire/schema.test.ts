/** Every limit that a type names, tried on both sides of it. */
import { expect, test } from "bun:test";

import { parseShape, type SchemaTree } from "../test/schema-tree.ts";
import { commandFields } from "./command.ts";
import { eventFields, replyFields } from "./event.ts";
import { list, record, text, type Type, uint, uuid, WireError, word } from "./schema.ts";

const frames: Record<string, Record<string, unknown>> = {
  ...commandFields,
  ...replyFields,
  ...eventFields,
};

/** A value as it travels that the type accepts: the smallest. */
function smallest(tree: SchemaTree): unknown {
  switch (tree.sort) {
    case "optional":
      return null;
    case "list":
      return Array.from({ length: tree.min }, () => smallest(tree.of));
    case "record":
      return tree.fields.map(([, field]) => smallest(field));
    case "row":
      return [1, 0, 0, null];
    case "scalar":
      if (tree.shape === "bool") return false;
      if (tree.shape === "uuid") return "019a7780-5a40-7000-8000-000000000001";
      if (tree.shape.startsWith("one of ")) return tree.shape.split(" ")[2];
      return tree.shape.startsWith("text") ? "" : 1;
  }
}

/** Fields that have a limit: the frame, the field, a value at the limit and one beyond it. */
const limited = Object.entries(frames).flatMap(([frame, fields]) =>
  Object.entries(fields as Record<string, Type<unknown>>).flatMap(([field, type]) => {
    const tree = parseShape(type.shape);
    const bare = tree.sort === "optional" ? tree.of : tree;
    const chars = bare.sort === "scalar" ? /^text of at most (\d+)$/.exec(bare.shape) : null;
    const max = bare.sort === "list" ? bare.max : Number(chars?.[1]);
    if (Number.isNaN(max)) return [];

    const of = (size: number): unknown =>
      bare.sort === "list"
        ? Array.from({ length: size }, () => smallest(bare.of))
        : "a".repeat(size);
    return [{ name: `${frame}.${field}`, type, max, of, min: bare.sort === "list" ? bare.min : 0 }];
  }),
);

test.each(limited)("S5: $name holds $max and not one more", ({ type, max, of, min }) => {
  expect(() => type.parse(of(max), "it")).not.toThrow();
  expect(() => type.parse(of(max + 1), "it")).toThrow(WireError);
  expect(() => type.parse(of(min), "it")).not.toThrow();
  if (min > 0) expect(() => type.parse(of(min - 1), "it")).toThrow(WireError);
});

test("S5: no text and no list is without a limit", () => {
  for (const [name, fields] of Object.entries(frames)) {
    const { shape } = record(fields);
    expect(`${name} ${shape}`).not.toMatch(/Infinity|NaN|undefined/);
  }
});

test("S5: a mistake is named with its place", () => {
  const people = list(record({ name: text(3), age: uint }), { max: 2 });
  expect(() =>
    people.parse(
      [
        ["Ada", 36],
        ["Grace", 79],
      ],
      "people",
    ),
  ).toThrow("people[1].name must be text of at most 3");
  expect(() => people.parse([["Ada"]], "people")).toThrow("people[0].age must be uint");
});

test("S5: text with half a surrogate pair is not text, a whole pair is", () => {
  expect(() => text(2).parse("\ud83d", "it")).toThrow(WireError);
  expect(text(2).parse("👩", "it")).toBe("👩");
});

test("S5: a UUID has lower case, a word is one of its list", () => {
  const lower = "abababab-abab-abab-abab-abababababab";
  expect(uuid.parse(lower, "it")).toBe(lower);
  for (let at = 0; at < lower.length; at++) {
    const upper = lower.slice(0, at) + lower[at]!.toUpperCase() + lower.slice(at + 1);
    if (upper !== lower) expect(() => uuid.parse(upper, "it")).toThrow(WireError);
  }
  expect(() => word(["one", "two"]).parse("toString", "it")).toThrow("one of one two");
});

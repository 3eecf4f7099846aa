/** The protocol cannot change without its version. */
import { expect, test } from "bun:test";

import { protocolVersion, schemaText } from "./version.ts";
import { hashOf, readFileOf, type Schema, schemaAfter } from "./vectors/write.ts";

const schema = (await readFileOf("schema")) as Schema;

test("M1: the schema is the one that this version names, else raise protocolVersion and write the vectors", () => {
  expect(schema.text.join("\n")).toBe(schemaText());
  expect(schema.hashes[protocolVersion]).toBe(hashOf(schemaText()));
});

test("M1: every version up to this one has a schema of its own", () => {
  const versions = Array.from({ length: protocolVersion }, (_, index) => String(index + 1));
  expect(Object.keys(schema.hashes)).toEqual(versions);
  expect(new Set(Object.values(schema.hashes)).size).toBe(protocolVersion);
});

test("M1: a changed schema is not written under a version that is taken", () => {
  expect(schemaAfter(schema)).toEqual(schema);
  const taken = { hashes: { [protocolVersion]: hashOf("another schema") }, text: [] };
  expect(() => schemaAfter(taken)).toThrow(`raise protocolVersion above ${protocolVersion}`);
});

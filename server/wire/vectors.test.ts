/** The golden vectors: what is committed is what this code writes and reads, in both encodings. */
import { expect, test } from "bun:test";

import {
  CommandError,
  decodeAnswers,
  decodeCommands,
  encode,
  encodeAnswer,
  encodeCommand,
  type Frame,
  jsonOf,
  packAnswer,
  packCommand,
} from "./codec.ts";
import { commandFields } from "./command.ts";
import { eventFields, replyFields } from "./event.ts";
import { type Row, rowKinds } from "./row.ts";
import { WireError } from "./schema.ts";
import type { Malformed } from "./vectors/malformed.ts";
import { sampleAnswers } from "./vectors/sample-answers.ts";
import { sampleCommands } from "./vectors/sample-commands.ts";
import { readFileOf, type Vector, vectorFiles } from "./vectors/write.ts";

const read = async (name: string) => (await readFileOf(name)) as Vector[];
const bytesOf = (hex: string): Frame => new Uint8Array(Buffer.from(hex, "hex"));
const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

/** Both encodings of a vector. */
const framesOf = ({ hex, value }: Vector): Frame[] => [bytesOf(hex), JSON.stringify(value)];

test.each(Object.entries(vectorFiles))(
  "M1: %s.json says what vectors/write.ts would write",
  async (name, content) => {
    expect(await readFileOf(name)).toEqual(content);
  },
);

test("M1: every command, reply, event and kind of row has a vector", () => {
  const operations = new Set<string>([...sampleCommands, ...sampleAnswers].map(([, { op }]) => op));
  const frames = { ...commandFields, ...replyFields, ...eventFields };
  expect([...operations].sort()).toEqual(Object.keys(frames).sort());

  const rows = sampleAnswers.flatMap(([, answer]): Row[] => ("rows" in answer ? answer.rows : []));
  for (const kind of Object.keys(rowKinds)) {
    const bodies = rows.filter((row) => row.kind === kind).map(({ body }) => body);
    expect(bodies).toContainEqual(expect.any(Object));
    expect(bodies).toContain(null);
  }
});

test.each(sampleCommands.map(([name, command], index) => [name, command, index] as const))(
  "M1: a command travels as its bytes and comes back: %s",
  async (_, command, index) => {
    const vector = (await read("commands"))[index]!;
    expect(hexOf(encodeCommand(command))).toBe(vector.hex);
    expect(packCommand(command)).toEqual(vector.value);
    for (const frame of framesOf(vector)) expect(decodeCommands(frame)).toStrictEqual([command]);
  },
);

test.each(sampleAnswers.map(([name, answer], index) => [name, answer, index] as const))(
  "M1: an answer travels as its bytes and comes back: %s",
  async (_, answer, index) => {
    const vector = (await read("answers"))[index]!;
    expect(hexOf(encodeAnswer(answer))).toBe(vector.hex);
    expect(packAnswer(answer)).toEqual(vector.value);
    for (const frame of framesOf(vector)) expect(decodeAnswers(frame)).toStrictEqual([answer]);
  },
);

test("M1: bytes turned into JSON are what a JSON client would have been sent", async () => {
  for (const { hex, value } of await read("answers")) {
    expect(jsonOf(new Uint8Array(Buffer.from(hex, "hex")))).toBe(JSON.stringify(value));
  }
});

test("M1: a bundle holds what its frames would hold alone, in their order", async () => {
  for (const vector of await read("bundles")) {
    const each = vector.value.map((value) => JSON.stringify(value));
    const decode = vector.name.includes("command") ? decodeCommands : decodeAnswers;
    for (const frame of framesOf(vector)) {
      expect(decode(frame)).toStrictEqual(each.flatMap((one) => decode(one) as never[]));
      expect(decode(frame)).toHaveLength(each.length);
    }
    expect(hexOf(encode(vector.value))).toBe(vector.hex);
  }
});

test("M1: MessagePack that others write differently is read as the same command", async () => {
  for (const vector of await read("other-forms")) {
    const [bytes, text] = framesOf(vector);
    const commands = decodeCommands(bytes!);
    expect(commands[0]).not.toBeInstanceOf(CommandError);
    expect(commands).toStrictEqual(decodeCommands(text!));
  }
});

test.each((await readFileOf("malformed")) as Malformed[])(
  "S5: $name is refused with a sentence",
  ({ hex, text, error, ref }) => {
    const frame = text ?? bytesOf(hex!);
    if (ref === undefined) {
      expect(() => decodeCommands(frame)).toThrow(new WireError(error));
    } else {
      const refused = decodeCommands(frame).filter((command) => command instanceof CommandError);
      expect(refused.map(({ message, ref: to }) => ({ message, to }))).toEqual([
        { message: error, to: ref },
      ]);
    }
  },
);

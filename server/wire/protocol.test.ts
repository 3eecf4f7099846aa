/** PROTOCOL.md and the code say the same, both ways. */
import { expect, test } from "bun:test";

import { problems } from "../http/problem.ts";
import { readableEventNames } from "../http/readable-events.ts";
import { sectionsOf, tableRowsOf } from "../test/markdown.ts";
import { parseShape, type SchemaTree } from "../test/schema-tree.ts";
import { closes, refusals } from "./codes.ts";
import { decodeAnswers, decodeCommands, encode, packAnswer, packCommand } from "./codec.ts";
import { commandFields, commandNamed } from "./command.ts";
import { eventFields, replyFields } from "./event.ts";
import { limits, typingMs } from "./limits.ts";
import { opcode } from "./opcode.ts";
import { rowKinds } from "./row.ts";
import { record } from "./schema.ts";
import { vectorFiles } from "./vectors/write.ts";
import { protocolVersion, subprotocols } from "./version.ts";

const markdown = await Bun.file(`${import.meta.dir}/PROTOCOL.md`).text();
const sections = sectionsOf(markdown);
const textOf = (title: string): string =>
  sections.find((section) => section.title === title)?.text ?? "";

const frames = { ...commandFields, ...replyFields, ...eventFields } as Record<
  string,
  Record<string, unknown>
>;

function nameOf(tree: SchemaTree): string {
  if (tree.sort === "scalar") return tree.shape;
  if (tree.sort === "optional") return `${nameOf(tree.of)} or nil`;
  if (tree.sort === "list") return `${tree.min} to ${tree.max} × ${nameOf(tree.of)}`;
  return tree.sort;
}

/** Field and type as the document's tables list them: those of inner records follow their own field. */
function fieldsOf(tree: SchemaTree, at = ""): string[][] {
  if (tree.sort === "optional") return fieldsOf(tree.of, at);
  if (tree.sort === "list") return fieldsOf(tree.of, `${at}[]`);
  if (tree.sort !== "record") return [];
  return tree.fields.flatMap(([name, field]) => {
    const place = at === "" ? name : `${at}.${name}`;
    return [[place, nameOf(field)], ...fieldsOf(field, place)];
  });
}

test.each(Object.keys(frames))("E3: the document lists the fields of %s as they travel", (name) => {
  const title = `${name} (${opcode[name as keyof typeof opcode]})`;
  const listed = tableRowsOf(textOf(title)).map((cells) => cells.slice(0, 2));
  expect(listed).toEqual(fieldsOf(parseShape(record(frames[name]!).shape)));
  expect(textOf(title).includes("No fields.")).toBe(listed.length === 0);
});

test.each(Object.entries(rowKinds))(
  "E3: the document lists the body of a %s row",
  (kind, { number, body }) => {
    const listed = tableRowsOf(textOf(`Row ${kind} (${number})`)).map(([field, type]) => [
      field,
      type,
    ]);
    expect(listed).toEqual(fieldsOf(parseShape(body.shape)));
  },
);

test("E3: the document describes no frame and no row that there is not", () => {
  const described = sections.flatMap(({ title }) => /^(?:Row )?\w+ \(\d+\)$/.exec(title) ?? []);
  const known = Object.entries(opcode).map(([name, number]) => `${name} (${number})`);
  const rows = Object.entries(rowKinds).map(([kind, { number }]) => `Row ${kind} (${number})`);
  expect(described).toEqual([...known, ...rows]);
});

test("E3: the document lists every opcode, its sort and its direction", () => {
  const listed = tableRowsOf(textOf("Frames")).map((cells) => cells.slice(0, 4));
  const known = Object.entries(opcode).map(([name, number]) => {
    const sort = name in commandFields ? "command" : name in replyFields ? "reply" : "event";
    const direction = sort === "command" ? "client → server" : "server → client";
    return [String(number), name, sort, direction];
  });
  expect(listed).toEqual(known);
});

test("E3: the document gives each command its reply, and only replies are one", () => {
  for (const [, name, sort, , answer = ""] of tableRowsOf(textOf("Frames"))) {
    if (sort === "command") expect(`${name}: ${answer in replyFields}`).toBe(`${name}: true`);
    else expect(answer).toBe("–");
  }
});

test("E3: the document lists every refusal, what it says and what is done about it", () => {
  const known = Object.entries(refusals).map(([code, { sentence, remedy, client }]) => [
    code,
    sentence,
    remedy,
    client,
  ]);
  const codes = tableRowsOf(textOf("Refusals"));
  expect(codes).toEqual(known);
});

test("E12: the document lists every close, its number, what it says and what is done about it", () => {
  const known = Object.entries(closes).map(([name, { number, sentence, remedy, client }]) => [
    String(number),
    name,
    sentence,
    remedy,
    client,
  ]);
  expect(tableRowsOf(textOf("Closes"))).toEqual(known);
});

test("S8: the document lists every limit and its value", () => {
  const typing = Object.entries(typingMs).map(
    ([name, value]) => [`typingMs.${name}`, value] as const,
  );
  const known = [...Object.entries(limits), ...typing].map(([name, value]) => [
    name,
    String(value),
  ]);
  expect(tableRowsOf(textOf("Limits")).map((cells) => cells.slice(0, 2))).toEqual(known);
});

/** Names in code type that look like those of the protocol: each must be one, so that a renamed field leaves no old word behind. */
test("E3: the document speaks of no field, frame, code or limit that there is not", () => {
  const fields = [
    ...Object.values(frames).map(record),
    ...Object.values(rowKinds).map(({ body }) => body),
  ]
    .flatMap(({ shape }) => fieldsOf(parseShape(shape)))
    .flatMap(([place = ""]) => [place, place.split(/[.[\]]+/).at(-1)!]);
  const known = new Set([
    ...fields,
    ...Object.keys(opcode),
    ...Object.keys(rowKinds),
    ...Object.keys(refusals),
    ...Object.keys(closes),
    ...Object.keys(problems),
    ...readableEventNames,
    ...Object.keys(limits),
    ...Object.keys(typingMs).map((name) => `typingMs.${name}`),
    // What a row and a frame have before their fields, what HTTP has, and what a line of the vectors has.
    "kind",
    "entity",
    "seq",
    "ref",
    "opcode",
    "parley_refresh",
    "Origin",
    "data",
    "EventSource",
    "hex",
    "value",
    "text",
    "name",
    "null",
    "true",
    "false",
    "c",
    "retry",
    "resync",
    "sign_in",
    "nothing",
    "wss",
    "https",
  ]);
  const prose = markdown.replace(/```[\s\S]*?```/g, "");
  const spoken = Array.from(prose.matchAll(/`([A-Za-z_]+(?:\.[A-Za-z]+)?)`/g), ([, word]) => word!);
  const unknown = spoken.filter((word) => {
    const [frame = "", field = ""] = word.split(".");
    const isField = frame in frames && field in frames[frame]!;
    return !known.has(word) && !isField && !/\.json$|^parley\./.test(word);
  });
  expect(unknown).toEqual([]);
});

test("E3: the document names its version, the subprotocols and the files of the vectors", () => {
  expect(sections[1]?.title).toBe(`The protocol, version ${protocolVersion}`);
  for (const name of Object.values(subprotocols))
    expect(textOf("Transport")).toContain(`\`${name}\``);
  expect(tableRowsOf(textOf("Testing a client")).map(([file]) => file)).toEqual(
    [...Object.keys(vectorFiles), "schema"].map((name) => `${name}.json`),
  );
});

/** Each step of the example: whose it is, the frame's name, its JSON and its bytes. */
const example = Array.from(
  textOf("An example").matchAll(/```text\n([<>]) (\w+)\n {2}(\[.*\])\n {2}([0-9a-f]+)\n```/g),
  ([, whose, name, json, hex]) => ({ whose, name, json: json!, hex: hex! }),
);

test("E3: every step of the example is a frame of its direction, the same in JSON and in bytes", () => {
  expect(example.length).toBe(textOf("An example").split("```text").length - 1);
  expect(example.length).toBeGreaterThan(15);
  for (const { whose, name, json, hex } of example) {
    const bytes = new Uint8Array(Buffer.from(hex, "hex"));
    const value = JSON.parse(json) as [number];
    expect(Buffer.from(encode(value)).toString("hex")).toBe(hex);
    expect(value[0]).toBe(opcode[name as keyof typeof opcode]);
    expect(commandNamed.has(value[0])).toBe(whose === ">");
    const again =
      whose === ">"
        ? decodeCommands(bytes).map((command) => packCommand(command as never))
        : decodeAnswers(bytes).map(packAnswer);
    expect(again).toEqual([value]);
  }
});

test("E3: in the example every command is answered once, by the reply that the table names", () => {
  const replyOf = new Map(
    tableRowsOf(textOf("Frames")).map(([, name, , , reply]) => [name, reply]),
  );
  const refOf = (json: string): number => (JSON.parse(json) as [number, number])[1];
  const replies = example.filter(({ name = "" }) => name in replyFields);
  const commands = example.filter(({ whose }) => whose === ">");
  expect(replies.map(({ json }) => refOf(json)).sort((one, other) => one - other)).toEqual(
    commands.map(({ json }) => refOf(json)).sort((one, other) => one - other),
  );
  for (const { name, json } of commands) {
    const reply = replies.find((each) => refOf(each.json) === refOf(json))?.name;
    expect([replyOf.get(name), "refusal"]).toContain(reply);
  }
});

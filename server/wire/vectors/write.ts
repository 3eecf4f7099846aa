/**
 * Writes the golden vectors: `bun server/wire/vectors/write.ts`, then `bun fmt server/wire/vectors`. `vectors.test.ts` fails
 * where the files say anything else. A schema that changed is written only beside a new `protocolVersion`.
 */
import { encode, packAnswer, packCommand } from "../codec.ts";
import { protocolVersion, schemaText } from "../version.ts";
import { malformed } from "./malformed.ts";
import { sampleAnswers } from "./sample-answers.ts";
import { sampleCommands } from "./sample-commands.ts";

/** Bytes and what they mean: `value` as a JSON client sends or gets it, `hex` for MessagePack. */
export interface Vector {
  readonly name: string;
  readonly hex: string;
  readonly value: unknown[];
}

/** The hash of each version's schema, the newest in words. */
export interface Schema {
  readonly hashes: Readonly<Record<string, string>>;
  readonly text: readonly string[];
}

const vector = (name: string, value: unknown[]): Vector => ({
  name,
  hex: Buffer.from(encode(value)).toString("hex"),
  value,
});

const commands = sampleCommands.map(([name, command]) => vector(name, packCommand(command)));
const answers = sampleAnswers.map(([name, answer]) => vector(name, packAnswer(answer)));

const bundles = [
  vector("a bundle of one command", [commands[0]!.value]),
  vector(
    "a bundle of every command",
    commands
      .map(({ value }) => value)
      .filter(([op], index, all) => all.findIndex(([first]) => first === op) === index),
  ),
  vector(
    "a bundle of a reply and two events",
    ["done", "caught up", "typing changed"].map(
      (name) => answers.find((answer) => answer.name === name)!.value,
    ),
  ),
];

/** What this server never writes, and must read: MessagePack has many ways to say one thing. */
const otherForms: Vector[] = [
  ["a ref as float64", "920dcb401c000000000000", [13, 7]],
  ["a ref as float32", "920dca40e00000", [13, 7]],
  ["a ref as uint8", "920dcc07", [13, 7]],
  ["a ref as uint16", "920dcd0007", [13, 7]],
  ["a ref as uint32", "920dce00000007", [13, 7]],
  ["a ref as uint64", "920dcf0000000000000007", [13, 7]],
  ["a ref as int8", "920dd007", [13, 7]],
  ["a ref as int64", "920dd30000000000000007", [13, 7]],
  ["2^53 - 1 as uint64", "920dcf001fffffffffffff", [13, 2 ** 53 - 1]],
  ["an array with a length of 16 bits", "dc00020d07", [13, 7]],
  ["an array with a length of 32 bits", "dd000000020d07", [13, 7]],
  ["text with a length of 8 bits", "930207d90161", [2, 7, "a"]],
  ["text with a length of 16 bits", "930207da000161", [2, 7, "a"]],
  ["text with a length of 32 bits", "930207db0000000161", [2, 7, "a"]],
  ["an element that a later version added", "930d07a56c61746572", [13, 7, "later"]],
].map(([name, hex, value]) => ({ name, hex, value }) as Vector);

export const hashOf = (text: string): string =>
  new Bun.CryptoHasher("sha256").update(text).digest("hex");

/** What each file must say. */
export const vectorFiles = {
  commands,
  answers,
  bundles,
  "other-forms": otherForms,
  malformed,
};

/** @throws where the schema differs from the one that `protocolVersion` already names */
export function schemaAfter(before: Schema): Schema {
  const hash = hashOf(schemaText());
  const known = before.hashes[protocolVersion];
  if (known !== undefined && known !== hash) {
    throw new Error(`The schema changed: raise protocolVersion above ${protocolVersion} first.`);
  }
  return { hashes: { ...before.hashes, [protocolVersion]: hash }, text: schemaText().split("\n") };
}

const fileOf = (name: string) => Bun.file(`${import.meta.dir}/${name}.json`);

/** What a committed file says. */
export const readFileOf = async (name: string): Promise<unknown> => fileOf(name).json();

if (import.meta.main) {
  const before = (await fileOf("schema").exists())
    ? ((await readFileOf("schema")) as Schema)
    : { hashes: {}, text: [] };
  const files = { ...vectorFiles, schema: schemaAfter(before) };
  for (const [name, value] of Object.entries(files)) {
    await fileOf(name).write(`${JSON.stringify(value, null, 2)}\n`);
  }
}

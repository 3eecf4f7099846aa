import { Packr } from "msgpackr";

import { type Command, commandFields, commandNamed } from "./command.ts";
import { type Answer, eventFields, eventNamed, replyFields, replyNamed } from "./event.ts";
import { limits } from "./limits.ts";
import { opcode } from "./opcode.ts";
import { isUint, record, type Type, uint, WireError } from "./schema.ts";
import { checkJson, checkShape } from "./shape.ts";

/** Plain MessagePack, so that any language's library reads it: no records, integers up to 2^53 as such. */
const packr = new Packr({ useRecords: false, int64AsType: "number" });

/** Bytes are MessagePack (`parley.v1`), text is the same content as JSON (`parley.v1.json`). */
export type Frame = Uint8Array | string;

const typesOf = (table: Record<string, Record<string, unknown>>): Map<string, Type<object>> =>
  new Map(
    Object.entries(table).map(([name, fields]) => [
      name,
      record(fields) as unknown as Type<object>,
    ]),
  );
const commandTypes = typesOf(commandFields);
const replyTypes = typesOf(replyFields);
const eventTypes = typesOf(eventFields);

const isReply = (answer: Answer): answer is Answer & { ref: number } => "ref" in answer;

/** A frame's value as it travels: `[opcode, ref, …]` for commands and replies, `[opcode, …]` for events. */
export function packCommand(command: Command): unknown[] {
  const fields = commandTypes.get(command.op)!.pack(command) as unknown[];
  return [opcode[command.op], command.ref, ...fields];
}

export function packAnswer(answer: Answer): unknown[] {
  if (isReply(answer)) {
    const fields = replyTypes.get(answer.op)!.pack(answer) as unknown[];
    return [opcode[answer.op], answer.ref, ...fields];
  }
  const fields = eventTypes.get(answer.op)!.pack(answer) as unknown[];
  return [opcode[answer.op], ...fields];
}

/** The caller owns the bytes. */
export function encode(packed: unknown[]): Uint8Array {
  return packr.pack(packed);
}

/** The same frame as JSON text. */
export const jsonOf = (frame: Uint8Array): string => JSON.stringify(packr.unpack(frame));

export const encodeCommand = (command: Command): Uint8Array => encode(packCommand(command));
/** The command as `parley.v1.json` has it. */
export const commandText = (command: Command): string => JSON.stringify(packCommand(command));
export const encodeAnswer = (answer: Answer): Uint8Array => encode(packAnswer(answer));

/** One frame that means the same as these one after the other. All are of one encoding, and none is a bundle. */
export function bundle(frames: readonly Frame[]): Frame {
  if (frames.length === 1) return frames[0]!;
  if (typeof frames[0] === "string") return `[${frames.join(",")}]`;
  return joined([arrayHead(frames.length), ...(frames as readonly Uint8Array[])]);
}

/** What an array of so many begins with, in MessagePack: as few bytes as it takes. */
function arrayHead(length: number): Uint8Array {
  if (length < 16) return Uint8Array.of(0x90 | length);
  return Uint8Array.of(0xdc, length >> 8, length & 0xff);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** A frame holds one array, or a bundle: an array of such arrays. */
function valuesOf(frame: Frame): unknown[][] {
  const value = readValue(frame);
  if (!Array.isArray(value)) throw new WireError("a frame must be an array");
  if (!Array.isArray(value[0])) return [value];
  if (!value.every(Array.isArray)) throw new WireError("a bundle must hold arrays");
  return value;
}

function readValue(frame: Frame): unknown {
  try {
    if (typeof frame === "string") {
      const value: unknown = JSON.parse(frame);
      checkJson(value);
      return value;
    }
    checkShape(frame);
    return packr.unpack(frame);
  } catch (error) {
    if (error instanceof WireError) throw error;
    throw new WireError(typeof frame === "string" ? "not JSON" : "not MessagePack");
  }
}

/** The `ref` of a command that could not be read, so that its refusal finds it; 0 where it has none. */
export class CommandError extends WireError {
  readonly ref: number;

  constructor(message: string, ref: number) {
    super(message);
    this.ref = ref;
  }
}

/** One command: itself, or a `CommandError` that says what was wrong and where; nothing else, for any value. */
function decodeCommand(value: unknown[]): Command {
  const [op, ref, ...fields] = value;
  const known = isUint(ref) ? ref : 0;
  if (typeof op !== "number") throw new CommandError("a command must begin with its opcode", known);
  const name = commandNamed.get(op);
  if (!name) throw new CommandError(`opcode ${op} is not a command`, known);
  try {
    const checked = uint.parse(ref, `${name}.ref`);
    return {
      op: name,
      ref: checked,
      ...commandTypes.get(name)!.parse(fields, name),
    } as Command;
  } catch (error) {
    if (error instanceof WireError) throw new CommandError(error.message, known);
    throw error;
  }
}

/**
 * The commands of a frame, in order: for any bytes either commands or a `WireError`, nothing else.
 * In a bundle one malformed command does not spoil the others: it comes as its `CommandError`. A bundle larger than the window is
 * refused whole: each of 65,000 empty arrays in one frame would otherwise cost an error and a refusal.
 *
 * @throws WireError where the frame itself is not one
 */
export function decodeCommands(frame: Frame): (Command | CommandError)[] {
  const values = valuesOf(frame);
  if (values.length > limits.inFlightMax) {
    throw new WireError(`a bundle must hold at most ${limits.inFlightMax} commands`);
  }
  return values.map((value) => {
    try {
      return decodeCommand(value);
    } catch (error) {
      if (error instanceof CommandError) return error;
      throw error;
    }
  });
}

/** The answers of a frame, in order. Opcodes that this version does not know are left out: a newer server may say more. */
export function decodeAnswers(frame: Frame): Answer[] {
  return valuesOf(frame).flatMap((value) => {
    const [op, ...fields] = value;
    const event = eventNamed.get(op as number);
    if (event)
      return {
        op: event,
        ...eventTypes.get(event)!.parse(fields, event),
      } as Answer;
    const reply = replyNamed.get(op as number);
    if (!reply) return [];
    const [ref, ...rest] = fields;
    const checked = uint.parse(ref, `${reply}.ref`);
    return {
      op: reply,
      ref: checked,
      ...replyTypes.get(reply)!.parse(rest, reply),
    } as Answer;
  });
}

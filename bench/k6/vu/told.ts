import { decodeAnswers } from "#wire/codec.ts";
import { type Answer, eventNamed, replyNamed } from "#wire/event.ts";
import { headOf } from "./head.ts";
import { partsOf } from "./parts.ts";
import { type Packed, unpack } from "./unpack.ts";
import { teachWellFormed } from "./well-formed.ts";

teachWellFormed();

/** Something that the server said, read as far as anybody wants to know. */
export class Told {
  readonly op: Answer["op"];
  /** When it came. */
  readonly atMs: number;
  /** Whose reply it is; undefined in an event. */
  readonly ref: number | undefined;
  /** How many rows its list has, where only numbers stand before that. */
  readonly rows: number;
  readonly #values: () => Packed[];

  constructor(
    op: Answer["op"],
    numbers: readonly number[],
    rest: { readonly rows: number; readonly values: () => Packed[]; readonly atMs: number },
  ) {
    this.op = op;
    this.atMs = rest.atMs;
    this.ref = replyOps.has(op) ? numbers[0] : undefined;
    this.rows = rest.rows;
    this.#values = rest.values;
  }

  /** As it travels, unchecked. */
  values(): Packed[] {
    return this.#values();
  }

  /** Whole, and checked by the protocol. */
  read(): Answer {
    return decodeAnswers(JSON.stringify(this.#values()))[0]!;
  }
}

const replyOps = new Set<string>(replyNamed.values());

/** The answers of a frame. */
export function toldIn(bytes: Uint8Array, atMs: number): Told[] {
  return partsOf(bytes).flatMap((part) => {
    const head = headOf(part);
    if (!head) return toldOf(unpack(part) as Packed[], atMs);

    const values = (): Packed[] => unpack(part) as Packed[];
    return told(head.opcode, head.fields, { rows: head.rows, values, atMs });
  });
}

/** The answer that these values say, as they travel. */
export function toldOf(values: Packed[], atMs: number): Told[] {
  const [opcode, ...fields] = values;
  const end = fields.findIndex((field) => typeof field !== "number" && typeof field !== "boolean");
  const list = fields[end];
  return told(opcode as number, fields.slice(0, end < 0 ? undefined : end).map(Number), {
    rows: Array.isArray(list) ? list.length : 0,
    values: () => values,
    atMs,
  });
}

function told(
  opcode: number,
  fields: readonly number[],
  rest: ConstructorParameters<typeof Told>[2],
): Told[] {
  const op = eventNamed.get(opcode) ?? replyNamed.get(opcode);
  return op ? [new Told(op, fields, rest)] : []; // A newer server may say more.
}

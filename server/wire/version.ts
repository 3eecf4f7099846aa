import { commandFields } from "./command.ts";
import { closes, refusals } from "./codes.ts";
import { eventFields, replyFields } from "./event.ts";
import { opcode } from "./opcode.ts";
import { record } from "./schema.ts";

/** Raised whenever `schemaText` changes; `version.test.ts` fails until both are. */
export const protocolVersion = 4;

export const subprotocols = {
  binary: "parley.v1",
  json: "parley.v1.json",
} as const;

/** The whole schema in words: every frame, its opcode, its fields in order, every code. Equal text means equal protocol. */
export function schemaText(): string {
  const frames = { ...commandFields, ...replyFields, ...eventFields };
  const lines = Object.entries(frames).map(
    ([name, fields]) => `${opcode[name as keyof typeof opcode]} ${name} ${record(fields).shape}`,
  );
  const codes = Object.entries(closes).map(([name, close]) => `${close.number} ${name}`);
  return [...lines, Object.keys(refusals).join(" "), ...codes].join("\n");
}

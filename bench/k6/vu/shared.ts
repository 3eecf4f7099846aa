import type { Interval } from "#wire/event.ts";
import { opcode } from "#wire/opcode.ts";
import { rowKinds } from "#wire/row.ts";
import { birthsIn } from "../../load/cursor.ts";
import { plannedMsOf } from "../../load/planned.ts";
import { type Packed, unpack } from "./unpack.ts";

/** An interval's messages, and nothing else of it. It goes to many, and is read once. */
export interface SharedInterval extends Interval {
  readonly births: readonly Birth[];
}

export interface Birth {
  readonly seq: number;
  readonly body: string;
  readonly plannedMs: number;
}

const rememberedMax = 256;
const remembered = new Map<string, SharedInterval>();

/** Stream, from and through stand in so many, as long as they are of 32 bits. */
const keyedBytes = 19;
/** An array of five that begins with the opcode, which is above 127. */
const beginning = 0x95cc;

/**
 * The interval that a frame holds; undefined where it holds anything else. Its beginning and its length tell it
 * from others, for a hundredth of what reading them whole would cost.
 */
export function intervalIn(frame: ArrayBuffer): SharedInterval | undefined {
  const view = new DataView(frame);
  const length = frame.byteLength;
  if (length < 3 || view.getUint16(0) !== beginning || view.getUint8(2) !== opcode.interval) {
    return undefined;
  }
  if (length < keyedBytes) return intervalOf(unpack(new Uint8Array(frame)) as Packed[]);

  const key = `${view.getUint32(3)} ${view.getUint32(7)} ${view.getUint32(11)} ${view.getUint32(15)} ${length}`;
  const known = remembered.get(key);
  if (known) return known;

  const interval = intervalOf(unpack(new Uint8Array(frame)) as Packed[]);
  if (remembered.size === rememberedMax) remembered.clear();
  remembered.set(key, interval);
  return interval;
}

/** By their places, as PROTOCOL.md has them. */
export function intervalOf([, stream, from, through, packedRows]: Packed[]): SharedInterval {
  const rows = (packedRows as Packed[][]).flatMap(([kind, entity, version, body]) =>
    kind === rowKinds.message.number
      ? [{ kind: "message", entity, version, body: body && { body: (body as Packed[]).at(-1) } }]
      : [],
  );
  const interval = { stream, from, through, rows } as unknown as Interval;
  const births = birthsIn(interval).map(({ entity, body }) => ({
    seq: entity,
    body: body!.body,
    plannedMs: plannedMsOf(body!.body),
  }));
  return { ...interval, births };
}

/** WebSocket by hand (RFC 6455), for what no library would send. */
import { subprotocols } from "#wire/version.ts";

export const opcodes = {
  continuation: 0,
  text: 1,
  binary: 2,
  close: 8,
  ping: 9,
  pong: 10,
} as const;

const handshakeHeaders = {
  Upgrade: "websocket",
  Connection: "Upgrade",
  "Sec-WebSocket-Key": "cGFybGV5IHRlc3RzIGl0Lg==",
  "Sec-WebSocket-Version": "13",
  "Sec-WebSocket-Protocol": subprotocols.binary,
};

/** The request that opens a socket; a header that is undefined is left out. */
export function handshakeOf(
  url: string,
  headers: Readonly<Record<string, string | undefined>> = {},
  path = "/ws",
): string {
  const lines = { Host: new URL(url).host, ...handshakeHeaders, ...headers };
  const texts = Object.entries(lines).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}\r\n`],
  );
  return `GET ${path} HTTP/1.1\r\n${texts.join("")}\r\n`;
}

interface FrameShape {
  readonly opcode?: number;
  /** Whether it is the last of its message. */
  readonly fin?: boolean;
  readonly reservedBits?: number;
  readonly masked?: boolean;
  /** What its head says, where that is not how long it is. */
  readonly declaredBytes?: bigint;
}

/** A client's frame (section 5.2). It must be masked; with a mask of zeros the bytes stay as they are. */
export function frameOf(
  bytes: Uint8Array,
  {
    opcode = opcodes.binary,
    fin = true,
    reservedBits = 0,
    masked = true,
    declaredBytes,
  }: FrameShape = {},
): Buffer {
  const first = (fin ? 0x80 : 0) | (reservedBits << 4) | opcode;
  const mask = masked ? 0x80 : 0;
  const head = Buffer.concat([
    Buffer.of(first),
    lengthOf(declaredBytes ?? BigInt(bytes.length), mask),
    Buffer.alloc(masked ? 4 : 0),
  ]);
  return Buffer.concat([head, bytes]);
}

function lengthOf(count: bigint, mask: number): Buffer {
  if (count < 126n) return Buffer.of(mask | Number(count));
  const length = Buffer.alloc(count < 65_536n ? 3 : 9, mask | (count < 65_536n ? 126 : 127));
  if (count < 65_536n) length.writeUInt16BE(Number(count), 1);
  else length.writeBigUInt64BE(count, 1);
  return length;
}

export interface HeardFrame {
  readonly opcode: number;
  readonly bytes: Buffer;
}

/** The first frame of a server, and what follows it: neither masked nor, from this server, in pieces. Undefined where it is not whole. */
export function takeFrame(
  held: Buffer<ArrayBuffer>,
): { frame: HeardFrame; rest: Buffer<ArrayBuffer> } | undefined {
  if (held.length < 2) return undefined;
  const short = held[1]! & 0x7f;
  const head = short < 126 ? 2 : short === 126 ? 4 : 10;
  if (held.length < head) return undefined;
  const length = short < 126 ? short : short === 126 ? held.readUInt16BE(2) : held.readUInt32BE(6);
  if (held.length < head + length) return undefined;
  const bytes = held.subarray(head, head + length);
  return { frame: { opcode: held[0]! & 0x0f, bytes }, rest: held.subarray(head + length) };
}

/** RFC 6455 by raw bytes, against a whole server: whatever comes, the socket goes on or ends, and the next person is served. */
import { afterAll, expect, test } from "bun:test";
import { closes } from "#wire/codes.ts";
import { encodeCommand } from "#wire/codec.ts";
import type { CommandOf } from "#wire/command.ts";
import { limits } from "#wire/limits.ts";
import { subprotocols } from "#wire/version.ts";
import { HandClock } from "./hand-clock.ts";
import { people } from "./people.ts";
import { RawSocket } from "./raw-socket.ts";
import { startServer } from "./start-server.ts";
import { talk } from "./talk.ts";
import { frameOf, handshakeOf, opcodes } from "./websocket-bytes.ts";

const clock = new HandClock();
const server = await startServer({ clock });
const ada = await server.signIn(people.ada);
const witness = await talk(server, people.grace, "lobby");
const { ping, pong, close, text, binary, continuation } = opcodes;
afterAll(async () => {
  await witness[Symbol.asyncDispose]();
  await server[Symbol.asyncDispose]();
});

/** The next person is served. */
const isServing = () => witness.gets("pong", { op: "ping" });
const bytesOf = (word: string): Uint8Array => new TextEncoder().encode(word);
const numberOf = (code: number): Uint8Array => Uint8Array.of(code >> 8, code & 255);
const filled = (count: number): Uint8Array => new Uint8Array(count).fill(97);
const helloOf = (ref: number): CommandOf<"hello"> => ({
  op: "hello",
  ref,
  token: ada.token,
  epoch: "",
  streams: [],
});
const isIn = (raw: RawSocket): boolean => raw.answers.some(({ op }) => op === "caughtUp");

/** The bytes as a message of many fragments; `between` follows every one but the last. */
function inFragments(bytes: Uint8Array, opcode: number, between = Buffer.alloc(0)): Buffer {
  const fragments = Array.from(bytes, (byte, at) => {
    const fin = at === bytes.length - 1;
    const fragment = frameOf(Uint8Array.of(byte), {
      opcode: at === 0 ? opcode : continuation,
      fin,
    });
    return fin ? fragment : Buffer.concat([fragment, between]);
  });
  return Buffer.concat(fragments);
}

async function greeted(): Promise<RawSocket> {
  const raw = await RawSocket.open(server.url);
  raw.write(frameOf(encodeCommand(helloOf(1))));
  await raw.until(() => isIn(raw));
  return raw;
}

test("S5: a hello in fragments of a byte is a hello, and what is asked between them is answered at once", async () => {
  using raw = await RawSocket.open(server.url);
  const bytes = encodeCommand(helloOf(1));
  const between = Buffer.concat([
    frameOf(bytesOf("there?"), { opcode: ping }),
    frameOf(new Uint8Array(), { opcode: pong }),
    frameOf(new Uint8Array(), { opcode: continuation, fin: false }),
  ]);
  raw.write(inFragments(bytes, binary, between));
  await raw.until(() => isIn(raw));
  const pongs = raw.frames.filter(({ opcode }) => opcode === pong);
  expect(pongs).toHaveLength(bytes.length - 1);
  expect(new Set(pongs.map((one) => String(one.bytes)))).toEqual(new Set(["there?"]));
});

test("S5: a character of parley.v1.json may be cut by a fragment", async () => {
  using raw = await RawSocket.open(server.url, { "Sec-WebSocket-Protocol": subprotocols.json });
  raw.write(inFragments(bytesOf('[13,7,"\u{1F642}"]'), text));
  await raw.until(() => raw.frames.length > 0);
  expect(String(raw.frames[0]!.bytes)).toStartWith('[64,7,"hello_first"');
});

test("S5: a hello behind the handshake in the same piece is heard, and a length in more bytes than it needs is read", async () => {
  const bytes = encodeCommand(helloOf(1));
  const long = Buffer.concat([Buffer.of(0x82, 0xff), Buffer.alloc(12), bytes]);
  long.writeBigUInt64BE(BigInt(bytes.length), 2);
  using raw = RawSocket.says(server.url, handshakeOf(server.url), long);
  await raw.until(() => isIn(raw));
});

test("S8: a frame of just the largest size is read, one byte more ends the socket", async () => {
  using raw = await greeted();
  const send = (lastChars: number): Uint8Array => {
    const sizes = [...Array.from({ length: 15 }, () => limits.bodyCharsMax), lastChars];
    const drafts = sizes.map((size) => ({
      clientMessageId: crypto.randomUUID(),
      body: "x".repeat(size),
      rootSeq: null,
    }));
    return encodeCommand({ op: "send", ref: 2, channel: witness.channel, drafts });
  };
  // From 256 characters on the head of a text is as long as that of the longest.
  const largest = send(limits.frameBytesMax - send(300).length + 300);
  expect(largest).toHaveLength(limits.frameBytesMax);
  raw.write(frameOf(largest));
  await raw.until(() => raw.answers.some(({ op }) => op === "sent"));
  raw.write(frameOf(filled(limits.frameBytesMax + 1)));
  expect(await raw.ended).toBe(1009);
  await isServing();
});

const fragment = (bytes: Uint8Array, opcode: number): Buffer =>
  frameOf(bytes, { opcode, fin: false });
const declared = (declaredBytes: bigint): Buffer => frameOf(bytesOf("hello"), { declaredBytes });
const closing = (...bytes: Uint8Array[]): Buffer =>
  frameOf(Buffer.concat(bytes), { opcode: close });

/** What ends a socket, and the number in the server's close frame (RFC 6455, 7.4.1, or ours). */
const ends: readonly (readonly [what: string, number: number, ...frames: Buffer[]])[] = [
  ["a ping of 126 bytes", 1002, frameOf(filled(126), { opcode: ping })],
  ["a pong of 65,536 bytes", 1002, frameOf(filled(65_536), { opcode: pong })],
  ["a close of 126 bytes", 1002, closing(numberOf(1000), filled(124))],
  ["a ping in fragments", 1002, fragment(bytesOf("there"), ping)],
  ["a close in fragments", 1002, fragment(numberOf(1000), close)],
  ...[1, 2, 4].map(
    (reservedBits) =>
      [
        `the reserved bit ${reservedBits}`,
        1002,
        frameOf(bytesOf("hello"), { reservedBits }),
      ] as const,
  ),
  ...[3, 4, 5, 6, 7, 11, 12, 13, 14, 15].map(
    (opcode) =>
      [`the reserved opcode ${opcode}`, 1002, frameOf(bytesOf("hello"), { opcode })] as const,
  ),
  ["a frame without a mask", 1002, frameOf(bytesOf("hello"), { masked: false })],
  ["a ping without a mask", 1002, frameOf(bytesOf("there?"), { opcode: ping, masked: false })],
  ...[0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535].map(
    (code) => [`the close code ${code}`, 1002, closing(numberOf(code))] as const,
  ),
  ["half a close code", 1002, closing(Uint8Array.of(3))],
  ["a close reason that is no UTF-8", 1007, closing(numberOf(1000), Uint8Array.of(0xff, 0xfe))],
  ["text that is no UTF-8", 1007, frameOf(Uint8Array.of(0x68, 0xff, 0xfe), { opcode: text })],
  [
    "text whose fragments are no UTF-8 together",
    1007,
    fragment(Uint8Array.of(0xe2), text),
    frameOf(Uint8Array.of(0x28, 0xa1), { opcode: continuation }),
  ],
  ["a continuation of nothing", 1002, frameOf(bytesOf("hello"), { opcode: continuation })],
  ["a message within a message", 1002, fragment(bytesOf("he"), binary), frameOf(bytesOf("llo"))],
  ["a length of 2^63 - 1", 1009, declared(2n ** 63n - 1n)],
  ["a length of 2^64 - 1", 1009, declared(2n ** 64n - 1n)],
  ["a length of 2^32", 1009, declared(2n ** 32n)],
  ["a length of 2^32 + 5, with 5 bytes", 1009, declared(2n ** 32n + 5n)],
  ["a length of one more than allowed", 1009, declared(BigInt(limits.frameBytesMax) + 1n)],
  [
    "fragments that are too large together",
    1009,
    fragment(filled(40_000), binary),
    frameOf(filled(40_000), { opcode: continuation }),
  ],
  [
    "text on a socket of MessagePack",
    closes.protocol_error.number,
    frameOf(bytesOf("[]"), { opcode: text }),
  ],
  [
    "a frame larger than a hello may be",
    closes.frame_too_large.number,
    frameOf(filled(limits.frameBytesMax)),
  ],
  ["a close without a word", 1005, closing()],
  ...[1000, 1001, 3000, 4999].map(
    (code) => [`the close code ${code}`, code, closing(numberOf(code))] as const,
  ),
];

test.each(ends.map(([what, number, ...frames]) => ({ what, number, frames })))(
  "S5: $what ends the socket with $number, and the next person is served",
  async ({ number, frames }) => {
    const subprotocol =
      frames[0]![0]! % 16 === text && number === 1007 ? subprotocols.json : subprotocols.binary;
    using raw = await RawSocket.open(server.url, { "Sec-WebSocket-Protocol": subprotocol });
    // What follows an end is not read.
    raw.write(...frames, frameOf(encodeCommand({ op: "ping", ref: 9 })));
    expect(await raw.ended).toBe(number);
    expect(raw.frames).toHaveLength(1);
    await isServing();
  },
);

/** Lets time pass for the others, who keep their heartbeat. */
async function seconds(total: number, meanwhile: () => void = () => undefined): Promise<void> {
  for (let left = total; left > 0; left -= limits.heartbeatSeconds) {
    clock.pass(Math.min(left, limits.heartbeatSeconds) * 1_000);
    meanwhile();
    await isServing();
  }
}

test("S5 W7: half a hello and silence is a late hello, whatever is whispered meanwhile", async () => {
  using raw = await RawSocket.open(server.url);
  const hello = frameOf(encodeCommand(helloOf(1)));
  raw.write(hello.subarray(0, 20));
  await seconds(limits.helloSecondsMax);
  raw.write(frameOf(new Uint8Array(), { opcode: ping }).subarray(0, 1), hello.subarray(20, 21));
  await isServing();
  expect(raw.frames).toEqual([]);
  await seconds(1);
  expect(await raw.ended).toBe(closes.hello_late.number);
});

test("S5 W7: half a frame and silence ends by idle, though it pings as WebSockets do", async () => {
  using raw = await greeted();
  using dripping = await greeted();
  raw.write(declared(1_000n));
  dripping.write(fragment(bytesOf("he"), binary));
  await seconds(limits.idleSecondsMax, () => {
    dripping.write(
      frameOf(bytesOf("there?"), { opcode: ping }),
      fragment(bytesOf("l"), continuation),
    );
  });
  await dripping.until(() => dripping.frames.some(({ opcode }) => opcode === pong));
  await seconds(1);
  expect(await raw.ended).toBe(closes.idle.number);
  expect(await dripping.ended).toBe(closes.idle.number);
  await isServing();
});

const shaken = (headers: Record<string, string | undefined>): string =>
  handshakeOf(server.url, headers);

test.each([
  ["an older version", 426, shaken({ "Sec-WebSocket-Version": "8" })],
  ["no version", 426, shaken({ "Sec-WebSocket-Version": undefined })],
  ["no key", 426, shaken({ "Sec-WebSocket-Key": undefined })],
  ["a key that is too short", 426, shaken({ "Sec-WebSocket-Key": "cGFybGV5" })],
  ["no upgrade", 426, shaken({ Upgrade: undefined })],
  ["another method", 426, shaken({}).replace("GET", "POST")],
  ["no host", 400, shaken({ Host: undefined })],
  ["no HTTP", 400, "\u0016\u0003\u0001 garbage\r\n\r\n"],
  ["a header of 200,000 bytes", 431, shaken({ "X-Long": "x".repeat(200_000) })],
  [
    "500 headers",
    431,
    shaken(Object.fromEntries(Array.from({ length: 500 }, (_, at) => [`X-${at}`, "x"]))),
  ],
])(
  "S5: a handshake with %s is answered %d, and the next person is served",
  async (_, status, said) => {
    using raw = RawSocket.says(server.url, said);
    await raw.until(() => raw.head !== "");
    expect(raw.status).toBe(status);
    await isServing();
  },
);

test.each([
  ["another request", shaken({})],
  ["what is no frame", "garbage\r\n\r\n"],
])("S5: %s behind a handshake ends the socket with 1002", async (_, said) => {
  using raw = RawSocket.says(server.url, shaken({}), said);
  expect(await raw.ended).toBe(1002);
  expect(raw.status).toBe(101);
  await isServing();
});

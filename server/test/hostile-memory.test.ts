/** A worker of its own, since what is looked at is its memory. */
import { afterAll, expect, test } from "bun:test";
import { closes } from "#wire/codes.ts";
import { encodeCommand } from "#wire/codec.ts";
import { limits } from "#wire/limits.ts";
import { streamLimits } from "../http/streams.ts";
import { people } from "./people.ts";
import { RawSocket } from "./raw-socket.ts";
import { startServer } from "./start-server.ts";
import { openStream } from "./stream-client.ts";
import { talk } from "./talk.ts";
import { frameOf, handshakeOf, opcodes } from "./websocket-bytes.ts";
import { startWorkerProcess } from "./worker-process.ts";

const server = await startServer();
const worker = await startWorkerProcess(server.database, { isPaced: true });
afterAll(async () => {
  await worker.kill();
  await server[Symbol.asyncDispose]();
});

const mebibyte = 1024 * 1024;
const residentBytes = async (): Promise<number> =>
  Number(await Bun.$`ps -o rss= -p ${worker.pid}`.text()) * 1024;

const large = new Uint8Array(limits.frameBytesMax).fill(97);
const { continuation, ping, text } = opcodes;
const handshake = handshakeOf(server.url);
/** What costs a server most, or would like to. */
const worst = [
  frameOf(large, { declaredBytes: 2n ** 63n - 1n }),
  frameOf(large, { declaredBytes: BigInt(limits.frameBytesMax) + 1n }),
  Buffer.concat([
    frameOf(large, { fin: false }),
    frameOf(large, { opcode: continuation, fin: false }),
  ]),
  frameOf(large, { reservedBits: 4 }),
  frameOf(large, { opcode: ping }),
  frameOf(large, { opcode: text }),
  frameOf(large),
];

/** Sockets that say everything and are ended for it. */
async function round(count: number): Promise<void> {
  const raws = Array.from({ length: count }, (_, at) =>
    RawSocket.says(worker.url, handshake, worst[at % worst.length]!),
  );
  await Promise.all(raws.map(({ ended }) => ended));
}

test("S5 W7: thousands of sockets that say the worst leave no memory taken, and the next person is served", async () => {
  for (let warm = 0; warm < 5; warm++) await round(70);
  const before = await residentBytes();
  for (let times = 0; times < 40; times++) await round(70);
  const after = await residentBytes();
  expect(after - before).toBeLessThan(32 * mebibyte);
  await using ada = await talk({ ...server, url: worker.url }, people.ada, "lobby");
  await ada.says("still here");
}, 60_000);

test("S5 W7: what hundreds of sockets hold back of a frame costs no more than its size", async () => {
  const before = await residentBytes();
  const held = Array.from({ length: 300 }, (_, at) => {
    const half = at % 2 === 0 ? frameOf(large, { fin: false }) : frameOf(large).subarray(0, -1);
    return RawSocket.says(worker.url, handshake, half);
  });
  await Promise.all(held.map((raw) => raw.until(() => raw.status === 101)));
  await using ada = await talk({ ...server, url: worker.url }, people.ada, "lobby");
  await ada.says("still here");
  const holding = await residentBytes();
  expect(holding - before).toBeLessThan(2 * held.length * limits.frameBytesMax);
  for (const raw of held) raw[Symbol.dispose]();
}, 60_000);

test("W7: a hundred sockets that flood with the largest frames are refused, then closed; memory stays and others talk on", async () => {
  await using ada = await talk({ ...server, url: worker.url }, people.ada, "lobby");
  const floods = await Promise.all(
    Array.from({ length: 100 }, async (_, at) => {
      const { token } = await server.signIn({ name: `Flood ${at}`, email: `${at}@parley.test` });
      const raw = await RawSocket.open(worker.url);
      raw.write(frameOf(encodeCommand({ op: "hello", ref: 1, token, epoch: "", streams: [] })));
      await raw.until(() => raw.answers.some(({ op }) => op === "caughtUp"));
      return raw;
    }),
  );
  const before = await residentBytes();
  const drafts = Array.from({ length: 16 }, () => ({
    clientMessageId: crypto.randomUUID(),
    body: "x".repeat(4_000),
    rootSeq: null,
  }));
  const flood = frameOf(encodeCommand({ op: "send", ref: 2, channel: ada.channel, drafts }));
  let highest = before;
  let isFlooded = true;
  const watching = (async () => {
    while (isFlooded) highest = Math.max(highest, await residentBytes());
  })();
  for (let living = floods; living.length > 0; living = living.filter(({ isOver }) => !isOver)) {
    for (const raw of living) raw.write(...Array.from({ length: 12 }, () => flood));
    await ada.says("through all of it");
  }
  isFlooded = false;
  await watching;
  const ended = await Promise.all(floods.map((raw) => raw.ended));
  // What the server has not read when it closes makes the kernel cut the connection, and the number may be lost.
  expect(ended.filter((how) => how !== closes.slow_down.number && how !== "cut")).toEqual([]);
  expect(highest - before).toBeLessThan(128 * mebibyte);
}, 60_000);

test("W7: a hundred streams that never say their next frame hold little of those that come after it, and others talk on", async () => {
  await using ada = await talk({ ...server, url: worker.url }, people.ada, "lobby");
  const streams = await Promise.all(
    Array.from({ length: 100 }, async (_, at) => {
      const { token } = await server.signIn({
        name: `Ahead ${at}`,
        email: `ahead-${at}@parley.test`,
      });
      const stream = await openStream(worker, token);
      await stream.next("caughtUp");
      return stream;
    }),
  );
  const before = await residentBytes();
  const frame = [11, 1, [], "x".repeat(limits.frameBytesMax - 20), null];
  let highest = before;
  for (let number = 2; number <= streamLimits.aheadMax; number++) {
    const answers = await Promise.all(streams.map((stream) => stream.post(number, frame)));
    const isHeld = number - 2 < streamLimits.aheadBytesMax / limits.frameBytesMax;
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([isHeld ? 202 : 409]));
    await ada.says("through all of it");
    highest = Math.max(highest, await residentBytes());
  }
  expect(highest - before).toBeLessThan(128 * mebibyte);
  for (const stream of streams) await stream[Symbol.asyncDispose]();
}, 60_000);

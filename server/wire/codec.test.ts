/** The codec: what it writes it reads, and what it cannot read it refuses, for little. `codec.verify.ts` tries the same for minutes. */
import { expect, test } from "bun:test";
import fc from "fast-check";

import { codecClaims } from "../test/codec-claims.ts";
import {
  bundle,
  CommandError,
  decodeAnswers,
  decodeCommands,
  encode,
  encodeAnswer,
  encodeCommand,
  packAnswer,
  packCommand,
} from "./codec.ts";
import type { Command } from "./command.ts";
import type { Answer } from "./event.ts";
import { limits } from "./limits.ts";
import { ada, direct, helloId } from "./vectors/names.ts";

for (const { says, property, runs } of codecClaims) {
  test(says, () => {
    fc.assert(property, { numRuns: runs });
  });
}

const bytesOf = (hex: string) => new Uint8Array(Buffer.from(hex, "hex"));

test.each([
  ["an array of 67 million elements", "dd03ffffff", "claims 67108863 elements"],
  ["text of four thousand million bytes", "91dbffffffff", "cut short"],
  ["seven arrays, each of 67 million elements", "dd03ffffff".repeat(7), "claims 67108863 elements"],
])("S5: %s, claimed in a few bytes, takes no memory", (_, hex, sentence) => {
  const claim = bytesOf(hex);
  Bun.gc(true);
  const before = process.memoryUsage.rss();
  for (let time = 0; time < 200; time++) expect(() => decodeCommands(claim)).toThrow(sentence);
  expect(process.memoryUsage.rss() - before).toBeLessThan(32 * 1024 * 1024);
});

test("S5: a frame that only opens brackets is refused, in both encodings", () => {
  const deep = Math.floor(limits.frameBytesMax / 2);
  expect(() => decodeCommands(Buffer.alloc(limits.frameBytesMax, 0x91))).toThrow(
    "nested too deeply",
  );
  expect(() => decodeCommands("[".repeat(deep) + "]".repeat(deep))).toThrow("nested too deeply");
});

test("S5: as many commands as may be unanswered fit into a bundle, and not one more", () => {
  const ping = (ref: number): Command => ({ op: "ping", ref });
  const pings = Array.from({ length: limits.inFlightMax }, (_, index) => ping(index + 1));
  expect(decodeCommands(encode(pings.map(packCommand)))).toHaveLength(limits.inFlightMax);
  expect(() => decodeCommands(encode([...pings, ping(65)].map(packCommand)))).toThrow(
    `at most ${limits.inFlightMax} commands`,
  );
});

test("S5: in a bundle one malformed command does not spoil the others", () => {
  const [first, second, third] = decodeCommands("[[13,1],[7,2,0],[13,3]]");
  expect(first).toEqual({ op: "ping", ref: 1 });
  expect(second).toBeInstanceOf(CommandError);
  expect(third).toEqual({ op: "ping", ref: 3 });
});

test.each([1, 2, 15, 16, 300])(
  "M1: %i answers in one frame are the array of them, in both encodings",
  (count) => {
    const answers = Array.from({ length: count }, (_, at): Answer => ({
      op: "pong",
      ref: at + 1,
      now: 1_000 * at,
    }));
    const packed = answers.map(packAnswer);
    const whole = count === 1 ? packed[0]! : packed;
    expect(bundle(answers.map(encodeAnswer))).toEqual(encode(whole));
    expect(bundle(packed.map((each) => JSON.stringify(each)))).toBe(JSON.stringify(whole));
    expect(decodeAnswers(bundle(answers.map(encodeAnswer)))).toEqual(answers);
  },
);

test("M1: what a newer server adds is left out: opcodes, and elements after the known ones", () => {
  expect(decodeAnswers("[[131],[199,1,2],[65,4,[1]],[131]]")).toEqual([
    { op: "caughtUp" },
    { op: "done", ref: 4 },
    { op: "caughtUp" },
  ]);
});

test("M1: bytes once encoded stay as they are when others are", () => {
  const first = encodeCommand({ op: "typing", ref: 1, channel: direct, typing: true });
  const copy = Uint8Array.from(first);
  for (let ref = 2; ref < 2_000; ref++)
    encodeCommand({ op: "typing", ref, channel: direct, typing: false });
  expect(Uint8Array.from(first)).toEqual(copy);
});

test("M1: bytes that lie inside a greater buffer are read alone", () => {
  const ping = encodeCommand({ op: "ping", ref: 7 });
  const within = Buffer.concat([bytesOf("ffff"), ping, bytesOf("ffff")]).subarray(
    2,
    2 + ping.length,
  );
  expect(decodeCommands(within)).toEqual([{ op: "ping", ref: 7 }]);
});

test("M1: the longest body fits into a frame, and a hello of 257 streams into its own", () => {
  const longest = encodeCommand({
    op: "send",
    ref: 2 ** 32,
    channel: direct,
    drafts: [{ clientMessageId: helloId, body: "👩".repeat(limits.bodyCharsMax), rootSeq: null }],
  });
  expect(longest.length).toBeLessThan(limits.frameBytesMax);

  const stream = { stream: ada, cursor: 2 ** 53 - 1 };
  const hello = encodeCommand({
    op: "hello",
    ref: 1,
    token: "t".repeat(1_000),
    epoch: "5f1d0c27a9b3e846",
    streams: Array.from({ length: limits.streamsPerResumeMax }, () => stream),
  });
  expect(hello.length).toBeLessThan(limits.helloBytesMax);
});

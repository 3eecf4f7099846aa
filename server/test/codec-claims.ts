/** What holds of the codec for any frame: tried shortly by `codec.test.ts`, for minutes by `codec.verify.ts`. */
import { expect } from "bun:test";
import fc from "fast-check";

import {
  commandText,
  CommandError,
  decodeAnswers,
  decodeCommands,
  encode,
  encodeAnswer,
  encodeCommand,
  type Frame,
  packAnswer,
  packCommand,
} from "#wire/codec.ts";
import { replyFields } from "#wire/event.ts";
import { WireError } from "#wire/schema.ts";
import { checkShape } from "#wire/shape.ts";
import {
  answerNames,
  arbitraryAnswer,
  arbitraryAnswerOf,
  arbitraryCommand,
  arbitraryCommandOf,
  commandNames,
} from "./arbitrary-frames.ts";
import { mangledFrame } from "./mangled-frames.ts";

export interface Claim {
  readonly says: string;
  readonly property: fc.IProperty<unknown>;
  /** How many samples a short run takes. */
  readonly runs: number;
}

/** The value, or undefined where the frame was refused. Any other exception is a fault and passes through. */
function unlessRefused<T>(decode: () => T): T | undefined {
  try {
    return decode();
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

/** A refusal's `detail` holds at most this many characters, so a longer sentence could not be sent. */
const detailCharsMax = Number(/\d+/.exec(replyFields.refusal.detail.shape)![0]);

const commandReturns: Claim[] = commandNames.map((name) => ({
  says: `M1: any ${name} comes back equal, in both encodings, and its bytes have the protocol's shape`,
  runs: 40,
  property: fc.property(arbitraryCommandOf(name), (command) => {
    const bytes = encodeCommand(command);
    checkShape(bytes);
    expect(decodeCommands(bytes)).toStrictEqual([command]);
    expect(decodeCommands(commandText(command))).toStrictEqual([command]);
  }),
}));

const answerReturns: Claim[] = answerNames.map((name) => ({
  says: `M1: any ${name} comes back equal, in both encodings, and its bytes have the protocol's shape`,
  runs: 40,
  property: fc.property(arbitraryAnswerOf(name), (answer) => {
    const bytes = encodeAnswer(answer);
    checkShape(bytes);
    expect(decodeAnswers(bytes)).toStrictEqual([answer]);
    expect(decodeAnswers(JSON.stringify(packAnswer(answer)))).toStrictEqual([answer]);
  }),
}));

const bundles: Claim[] = [
  {
    says: "M1: a bundle of any commands is these commands, in order",
    runs: 60,
    property: fc.property(
      fc.array(arbitraryCommand, { minLength: 1, maxLength: 8 }),
      (commands) => {
        const bundle = encode(commands.map(packCommand));
        checkShape(bundle);
        expect(decodeCommands(bundle)).toStrictEqual(commands);
      },
    ),
  },
  {
    says: "M1: a bundle of any answers is these answers, in order",
    runs: 60,
    property: fc.property(fc.array(arbitraryAnswer, { minLength: 1, maxLength: 8 }), (answers) => {
      const bundle = encode(answers.map(packAnswer));
      checkShape(bundle);
      expect(decodeAnswers(bundle)).toStrictEqual(answers);
    }),
  },
];

/** Whatever was read is a command like any other: written again it is read the same. */
function readCommands(frame: Frame): void {
  for (const command of unlessRefused(() => decodeCommands(frame)) ?? []) {
    if (command instanceof CommandError) {
      expect(command.message.length).toBeLessThanOrEqual(detailCharsMax);
      expect(command.ref).toBeGreaterThanOrEqual(0);
    } else {
      expect(decodeCommands(encodeCommand(command))).toStrictEqual([command]);
    }
  }
}

function readAnswers(frame: Frame): void {
  for (const answer of unlessRefused(() => decodeAnswers(frame)) ?? []) {
    expect(decodeAnswers(encodeAnswer(answer))).toStrictEqual([answer]);
  }
}

const mangled: Claim[] = [
  {
    says: "S5: for any bytes and any text there are commands or a WireError, nothing else",
    runs: 1_500,
    property: fc.property(mangledFrame, readCommands),
  },
  {
    says: "S5: for any bytes and any text there are answers or a WireError, nothing else",
    runs: 1_500,
    property: fc.property(mangledFrame, readAnswers),
  },
];

export const codecClaims: readonly Claim[] = [
  ...commandReturns,
  ...answerReturns,
  ...bundles,
  ...mangled,
];

import { expect, test } from "bun:test";
import fc from "fast-check";
import type { ChannelId, UserId } from "#wire/ids.ts";
import type { Pointer } from "#wire/row.ts";
import type { PointerMove, PointerMoved } from "../store/pointer.ts";
import { HandClock } from "../test/hand-clock.ts";
import { reasonOf } from "../test/reason.ts";
import { MemoryStore } from "../test/simulate/memory-store.ts";
import { flushMs, PointerFlush, repeatMs } from "./pointer-flush.ts";

const lobby = 7 as ChannelId;
const [ada, grace] = [11 as UserId, 12 as UserId];
const move = (userId: UserId, rest: Partial<PointerMove>): PointerMove => ({
  channelId: lobby,
  userId,
  readSeq: null,
  deliveredSeq: null,
  readFrom: null,
  ...rest,
});

function start(write: (moves: readonly PointerMove[]) => Promise<PointerMoved[]>) {
  const clock = new HandClock();
  const written: PointerMove[][] = [];
  const happened: string[] = [];
  const flush = new PointerFlush({
    move: async (moves) => {
      written.push([...moves]);
      const moved = await write(moves);
      happened.push("committed");
      return moved;
    },
    announce: ({ stream }) => happened.push(`announced to ${stream}`),
    tellOthers: (channel, pointers) => happened.push(`told in ${channel} of ${pointers.length}`),
    after: (ms, call) => clock.after(ms, call),
  });
  return { clock, flush, written, happened };
}
const moved = ({ userId }: PointerMove, seen = true): PointerMoved => ({
  channelId: lobby,
  userId,
  readSeq: 5,
  deliveredSeq: 5,
  readFrom: 5,
  seq: 2,
  seen,
  showsReceipts: true,
});

test("M26: pointers of 250 ms are one statement, and are told and answered after its commit", async () => {
  const { clock, flush, written, happened } = start(async (moves) =>
    moves.map((one) => moved(one, one.userId === ada)),
  );
  const answers = [
    flush.add([move(grace, { deliveredSeq: 5 })]).then(() => happened.push("answered")),
    flush.add([move(ada, { readSeq: 4 })]),
    flush.add([move(ada, { readSeq: 5, deliveredSeq: 3 })]),
  ];
  clock.pass(flushMs - 1);
  expect(written).toEqual([]);
  clock.pass(1);
  await Promise.all(answers);
  expect(written).toEqual([
    [move(ada, { readSeq: 5, deliveredSeq: 3 }), move(grace, { deliveredSeq: 5 })],
  ]);
  // What nobody else can see moving stays in the own stream.
  expect(happened).toEqual([
    "committed",
    "announced to 11",
    "announced to 12",
    "told in 7 of 1",
    "answered",
  ]);
});

test("what others see is told once more after 2 s, unless the pointer has moved on meanwhile", async () => {
  const { clock, flush, happened } = start(async (moves) => moves.map((one) => moved(one)));
  const told = () => happened.filter((one) => one.startsWith("told"));
  const moves = async (...users: UserId[]) => {
    const answer = flush.add(users.map((user) => move(user, { readSeq: 5 })));
    clock.pass(flushMs);
    await answer;
  };
  await moves(ada, grace);
  clock.pass(repeatMs - 2 * flushMs);
  await moves(ada);
  expect(told()).toEqual(["told in 7 of 2", "told in 7 of 1"]);
  clock.pass(flushMs);
  expect(told()).toEqual(["told in 7 of 2", "told in 7 of 1", "told in 7 of 1"]);
  clock.pass(repeatMs);
  expect(told().slice(3)).toEqual(["told in 7 of 1"]);
  clock.pass(10 * repeatMs);
  expect(told()).toHaveLength(4);
});

test.each([
  ["the later mark counts", { readFrom: 3 }, { readFrom: 2 }, { readFrom: 2 }],
  [
    "reading moves an earlier mark up, and no further",
    { readFrom: 3 },
    { readSeq: 9 },
    { readSeq: 9, readFrom: 9 },
  ],
  ["a mark after reading stays", { readSeq: 9 }, { readFrom: 3 }, { readSeq: 9, readFrom: 3 }],
  [
    "receiving changes no mark",
    { readFrom: 3 },
    { deliveredSeq: 9 },
    { readFrom: 3, deliveredSeq: 9 },
  ],
  ["what was read never shrinks", { readSeq: 9 }, { readSeq: 4 }, { readSeq: 9 }],
] as const)("merged in order: %s", async (_, first, second, together) => {
  const { clock, flush, written } = start(async () => []);
  const answers = [flush.add([move(ada, first)]), flush.add([move(ada, second)])];
  clock.pass(flushMs);
  await Promise.all(answers);
  expect(written).toEqual([[move(ada, together)]]);
});

test("M26 M27: what is merged moves a pointer to where one move after the other would have", async () => {
  const store = new MemoryStore(() => 0);
  const place = fc.nat(9);
  const asked = fc.record({
    readSeq: fc.option(place),
    deliveredSeq: fc.option(place),
    readFrom: fc.option(place),
  });
  const pointer = fc.record({ readSeq: place, deliveredSeq: place, readFrom: place });
  await fc.assert(
    fc.asyncProperty(
      pointer,
      fc.array(asked, { minLength: 1, maxLength: 4 }),
      async (before, asks) => {
        const { clock, flush, written } = start(async () => []);
        const answers = asks.map((one) => flush.add([move(ada, one)]));
        clock.pass(flushMs);
        await Promise.all(answers);
        const one = asks.reduce<Pointer>((so, ask) => store.moved(so, ask), before);
        expect(store.moved(before, written[0]![0]!)).toEqual(one);
      },
    ),
  );
});

test("M26: what comes while a statement is under way waits for its own 250 ms", async () => {
  const slow = Promise.withResolvers<PointerMoved[]>();
  const { clock, flush, written } = start((moves) =>
    moves[0]!.userId === ada ? slow.promise : Promise.resolve([]),
  );
  const first = flush.add([move(ada, { readSeq: 1 })]);
  clock.pass(flushMs);
  const answers = [flush.add([move(grace, { readSeq: 1 })])];
  slow.resolve([]);
  await first;
  await new Promise(setImmediate);
  clock.pass(flushMs - 1);
  answers.push(flush.add([move(grace, { readSeq: 2 })]));
  expect(written).toHaveLength(1);
  clock.pass(1);
  await Promise.all(answers);
  expect(written.map(([one]) => one!.readSeq)).toEqual([1, 2]);
});

test("where it can't be written each who waits is told, and what comes meanwhile is in the next statement", async () => {
  const slow = Promise.withResolvers<PointerMoved[]>();
  let times = 0;
  const { clock, flush, written } = start(() =>
    times++ === 0 ? slow.promise : Promise.resolve([]),
  );
  const first = flush.add([move(ada, { readSeq: 1 })]);
  clock.pass(flushMs);
  const second = flush.add([move(ada, { readSeq: 2 })]);
  clock.pass(flushMs);
  expect(written).toHaveLength(1);
  slow.reject(new Error("the database is away"));
  expect(await reasonOf(first)).toContain("away");
  await second;
  await flush.flush();
  expect(written.map(([one]) => one!.readSeq)).toEqual([1, 2]);
});

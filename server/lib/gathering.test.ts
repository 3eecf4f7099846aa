import { expect, test } from "bun:test";
import { Gathering } from "./gathering.ts";

/** Reads that are answered by hand, with what was asked doubled. */
function open(
  bounds: { weightMax?: number; atOnceMax?: number; weightOf?(question: number): number } = {},
) {
  const reads: { asked: readonly number[]; answer(): Promise<void>; fail(): Promise<void> }[] = [];
  const timers = new Set<() => void>();
  const gathering = new Gathering<number, number>({
    read: (asked) => {
      const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>();
      reads.push({
        asked,
        answer: async () => {
          resolve(asked.map((one) => one * 2));
          await promise;
        },
        fail: async () => {
          reject(new Error("away"));
          await promise.catch(() => undefined);
        },
      });
      return promise;
    },
    weightMax: 100,
    ...bounds,
    after: (_, call) => {
      timers.add(call);
      return () => void timers.delete(call);
    },
  });
  return { gathering, reads, timers, asked: () => reads.map((one) => one.asked) };
}

test("who asks while nothing is under way is read for at once, and the others together after that", async () => {
  const { gathering, reads, asked } = open();
  const first = gathering.ask([1]);
  const [second, third] = [gathering.ask([2, 3]), gathering.ask([4])];
  expect(asked()).toEqual([[1]]);
  await reads[0]!.answer();
  expect(await first).toEqual([2]);
  expect(asked()).toEqual([[1], [2, 3, 4]]);
  await reads[1]!.answer();
  expect([await second, await third]).toEqual([[4, 6], [8]]);
});

test("a read bears so much, at least what one asks, and in order", async () => {
  const { gathering, reads, asked } = open({ weightMax: 10, weightOf: (one) => one });
  const answers = [[1], [4, 6], [1], [50], [2]].map((one) => gathering.ask(one));
  for (let at = 0; at < 5; at++) await reads[at]!.answer();
  expect(asked()).toEqual([[1], [4, 6], [1], [50], [2]]);
  expect(await Promise.all(answers)).toEqual([[2], [8, 12], [2], [100], [4]]);
});

test("a failure is told to those in it, and the next are read for", async () => {
  const { gathering, reads } = open();
  const failed = gathering.ask([1]);
  const next = gathering.ask([2]);
  await reads[0]!.fail();
  expect(await failed.catch(String)).toBe("Error: away");
  await reads[1]!.answer();
  expect(await next).toEqual([4]);
});

test("nobody waits behind a read without an answer for longer than a second; its answer is still theirs who asked", async () => {
  const { gathering, reads, timers, asked } = open();
  const silent = gathering.ask([1]);
  const next = gathering.ask([2]);
  expect(timers.size).toBe(1);
  for (const call of timers) call();
  expect(asked()).toEqual([[1], [2]]);
  await reads[1]!.answer();
  expect(await next).toEqual([4]);
  expect(timers.size).toBe(0);
  await reads[0]!.answer();
  expect(await silent).toEqual([2]);
});

test("as many reads are under way as may be, and the next leaves when one of them has its answer", async () => {
  const { gathering, reads, asked } = open({ atOnceMax: 2 });
  const answers = [[1], [2], [3], [4]].map((one) => gathering.ask(one));
  expect(asked()).toEqual([[1], [2]]);
  await reads[1]!.answer();
  expect(asked()).toEqual([[1], [2], [3, 4]]);
  await reads[0]!.answer();
  await reads[2]!.answer();
  expect(await Promise.all(answers)).toEqual([[2], [4], [6], [8]]);
  const after = gathering.ask([5]);
  await reads[3]!.answer();
  expect(await after).toEqual([10]);
});

test("who is gone when their turn comes is not read for, and answered with nothing", async () => {
  const { gathering, reads, asked } = open();
  let isHere = true;
  const answers = [gathering.ask([1]), gathering.ask([2], () => isHere), gathering.ask([3])];
  isHere = false;
  await reads[0]!.answer();
  await reads[1]!.answer();
  expect(asked()).toEqual([[1], [3]]);
  expect(await Promise.all(answers)).toEqual([[2], [], [6]]);
});

test("nothing asked is answered with nothing, without a read", async () => {
  const { gathering, reads } = open();
  expect(await gathering.ask([])).toEqual([]);
  expect(reads).toHaveLength(0);
});

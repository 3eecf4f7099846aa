import { expect, test } from "bun:test";
import type { StreamId } from "#wire/ids.ts";
import { Followed } from "./followed.ts";

const ids = (...numbers: number[]) => numbers as unknown as StreamId[];
const upTo = (count: number) => ids(...Array.from({ length: count }, (_, at) => at + 1));

test.each([3, 64, 65, 1_000])(
  "%p streams are followed, arrive one by one, and are given back",
  async (count) => {
    const followed = new Followed();
    const streams = upTo(count);
    const { promise } = Promise.withResolvers<void>();
    followed.begin(streams, promise);
    expect([...followed]).toEqual(streams);
    expect(followed.size).toBe(count);
    for (const stream of streams) expect(followed.underWay(stream)).toBe(promise);
    const [first, second, ...others] = streams as [StreamId, StreamId, ...StreamId[]];
    followed.arrived(first);
    expect([followed.underWay(first), followed.has(first)]).toEqual([undefined, true]);
    expect([followed.delete(first), followed.delete(second)]).toEqual([true, false]);
    expect([...followed]).toEqual(others);
    expect([followed.has(second), followed.underWay(second)]).toEqual([false, undefined]);
    expect(followed.delete(first)).toBe(false);
  },
);

test("a stream that is begun anew waits for the newer promise, and is there once", () => {
  const followed = new Followed();
  const [older, newer] = [Promise.resolve(), Promise.resolve()];
  const [stream] = ids(7) as [StreamId];
  followed.begin([stream], older);
  followed.delete(stream);
  followed.begin([stream], newer);
  expect(followed.underWay(stream)).toBe(newer);
  followed.begin([stream], newer);
  expect(followed.size).toBe(1);
});

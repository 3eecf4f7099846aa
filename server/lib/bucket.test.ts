import { expect, test } from "bun:test";
import fc from "fast-check";
import { Bucket, Buckets } from "./bucket.ts";

const rate = { atOnce: 10, perSecond: 2 };

test("S8: so much goes at once; what is too much takes nothing, and hears when it goes", () => {
  const bucket = new Bucket(rate, 0);
  expect(bucket.take(10, 0)).toBe(0);
  expect(bucket.take(1, 0)).toBe(500);
  expect(bucket.take(1, 500)).toBe(0);
  expect(bucket.take(4, 625)).toBe(1_875);
});

test("S8: who is refused is given a time behind the one before, and all who keep to it are served", () => {
  const bucket = new Bucket(rate, 0);
  bucket.take(10, 0);
  const times = [1, 2, 3, 1].map((cost) => ({ cost, atMs: bucket.take(cost, 0) }));
  expect(times.map(({ atMs }) => atMs)).toEqual([500, 1_500, 3_000, 3_500]);
  expect(times.map(({ cost, atMs }) => bucket.take(cost, atMs))).toEqual([0, 0, 0, 0]);
  // However many asked: by then it is full.
  for (let more = 0; more < 100; more++) bucket.take(10, 3_500);
  expect(bucket.take(10, 3_500)).toBe(5_000);
});

test("S8: who comes when it was said is served, whatever the numbers and whoever asked meanwhile", () => {
  const whenAsked = fc.array(fc.nat(20), { minLength: 1, maxLength: 10 });
  const property = fc.property(
    fc.constantFrom(0.2, 3, 4, 20, 50, 70, 500, 327_680),
    fc.integer({ min: 1, max: 7 }),
    whenAsked,
    (perSecond, share, pausesMs) => {
      // All of them fit into what fills it once, so that nobody's time is cut short.
      const bucket = new Bucket({ atOnce: 100 * perSecond, perSecond }, 0);
      bucket.take(100 * perSecond, 0);
      const cost = (share * perSecond) / 7;
      let nowMs = 0;
      const timesMs = pausesMs.map((pauseMs) => {
        nowMs += pauseMs;
        return nowMs + bucket.take(cost, nowMs);
      });
      // Who asks at the very moment at which the first was told to come is not refused, and has what was the first one's.
      fc.pre(timesMs[0]! > nowMs);
      expect(timesMs.map((timeMs) => bucket.take(cost, timeMs))).toEqual(timesMs.map(() => 0));
    },
  );
  fc.assert(property, { numRuns: 1_000 });
});

test("S8: who finds that another took what was promised is told a new time, and is served then", () => {
  const bucket = new Bucket(rate, 0);
  bucket.take(10, 0);
  expect(bucket.take(1, 0)).toBe(500);
  // Another, at the very moment.
  expect(bucket.take(1, 500)).toBe(0);
  expect(bucket.take(1, 500)).toBe(500);
  expect(bucket.take(1, 1_000)).toBe(0);
});

test("S8: for long so much goes per second, and rest saves no more than goes at once", () => {
  const bucket = new Bucket(rate, 0);
  let taken = 0;
  for (let nowMs = 0; nowMs < 60_000; nowMs += 10) taken += bucket.take(1, nowMs) === 0 ? 1 : 0;
  expect(taken).toBe(10 + 2 * 60 - 1);
  expect(bucket.take(10, 3_600_000)).toBe(0);
  expect(bucket.take(1, 3_600_000)).toBeGreaterThan(0);
});

test("S8: a clock that is set back neither gives nor takes", () => {
  const bucket = new Bucket(rate, 100_000);
  bucket.take(10, 100_000);
  expect(bucket.take(1, 0)).toBe(500);
  expect(bucket.take(1, 500)).toBe(0);
});

test("S8: everybody has a bucket of their own, and those that are full again are forgotten", () => {
  const buckets = new Buckets<number>(rate);
  expect(buckets.take(-1, 10, 60_000)).toBe(0);
  expect(buckets.take(-1, 1, 60_000)).toBe(500);
  expect(buckets.take(-2, 10, 60_000)).toBe(0);
  for (let key = 0; key < 100_000; key++) buckets.take(key, 1, 60_000 + key);
  // At one a millisecond, each full again after 500.
  expect(buckets.size).toBeLessThanOrEqual(2_000);
  expect(buckets.take(99_999, 10, 160_000)).toBeGreaterThan(0);
});

test("S8: who is the first after so many that some are forgotten is not forgotten with them", () => {
  const buckets = new Buckets<number>(rate);
  for (let key = 0; key < 5_000; key++) {
    expect(buckets.take(key, 10, 0)).toBe(0);
    expect(buckets.take(key, 1, 0)).toBeGreaterThan(0);
  }
  for (let key = 0; key < 5_000; key++) expect(buckets.take(key, 1, 0)).toBeGreaterThan(0);
});

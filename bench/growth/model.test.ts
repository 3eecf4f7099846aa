import { expect, test } from "bun:test";
import { join } from "node:path";
import { costs, habits, machine } from "./assumed.ts";
import { needsOf } from "./model.ts";
import { scaleTable } from "./scale.ts";

const needs = (people: number, changed: Partial<typeof habits> = {}) =>
  needsOf(people, costs, { ...habits, ...changed }, machine);

test("what scales with people does so, and a worker alone needs no Redis", () => {
  const [few, many] = [needs(1_000), needs(1_000_000)];
  expect(many.messagesPerSecond / few.messagesPerSecond).toBeCloseTo(1_000);
  expect(many.memoryGb / few.memoryGb).toBeCloseTo(1_000);
  expect(few.redisCores).toBe(0);
  expect(many.redisCores).toBeGreaterThan(0);
});

test("more workers cost more for the same messages, until every listener sits on one of their own", () => {
  const perMessage = (people: number) => {
    const { redisCores, messagesPerSecond } = needs(people, {
      presenceChangesPerHour: 0,
      readsPerDelivery: 0,
    });
    return (redisCores / messagesPerSecond) * 1e6;
  };
  expect(perMessage(1_000_000)).toBeGreaterThan(perMessage(100_000));
  const most = habits.listeners * costs.busRedisUs;
  expect(perMessage(100_000_000)).toBeLessThanOrEqual(most);
  expect(perMessage(100_000_000)).toBeGreaterThan(most * 0.98);
});

test("SCALING.md shows what the model says now", async () => {
  const shown = await Bun.file(join(import.meta.dir, "../SCALING.md")).text();
  // The formatter pads cells.
  const plain = (text: string): string => text.replace(/ +/g, " ").replace(/-{3,}/g, "---");
  expect(plain(shown)).toContain(plain(scaleTable()));
});

test("nobody is served by no machine, and memory can need more of them than work does", () => {
  expect(needs(10).machines).toBe(1);
  const idle = {
    messagesPerHour: 0,
    pagesPerHour: 0,
    arrivalsPerHour: 0,
    presenceChangesPerHour: 0,
  };
  const { memoryGb, redisMemoryGb, machines } = needs(10_000_000, idle);
  expect(machines).toBe(Math.ceil((memoryGb + redisMemoryGb) / (machine.memoryGb * machine.used)));
});

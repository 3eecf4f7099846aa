/** Every question, asked small: that it is asked and counted right, not that it is quick. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BenchServer } from "../load/bench-server.ts";
import { ask } from "./ask.ts";
import { findK6 } from "./find-k6.ts";
import { type Shape, type Target, targets } from "./targets.ts";

const k6 = findK6();
const folder = mkdtempSync(join(tmpdir(), "parley-k6-verify-"));
let server: BenchServer | undefined;

beforeAll(async () => {
  if (k6 !== undefined) server = await BenchServer.start({ workers: 1, cores: undefined });
}, 60_000);
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

/** A few people, who do in short what many do. */
function small({ question, quick }: Target): Shape {
  const members = Math.min(quick.members, 5);
  const of: Partial<Record<Target["question"], Partial<Shape>>> = {
    connect: { people: 20, channels: 2, rate: 20 },
    fanout: { people: 20, members: 20, held: 5 },
    history: { people: 4, stored: 120 },
    list: { people: 5, channels: 12, rate: 4 },
    switching: { people: 5, channels: 3, rate: 10 },
    reconnect: { people: 10, members: 5, rate: 10, seconds: 4 },
  };
  const shape = { ...quick, people: 10, members, rate: 20, seconds: 1, restSeconds: 0 };
  return { ...shape, ...of[question] };
}

test.skipIf(k6 === undefined)(
  "every question is asked by k6, and all of it is counted",
  async () => {
    for (const target of targets) {
      const generous = { ...target, bounds: { p99: 60_000 } };
      const { verdict, faults, counts } = await ask(
        { server: server!, k6: k6!, folder },
        generous,
        small(target),
      );
      expect({ verdict, faults }, target.name).toEqual({ verdict: "met", faults: [] });
      expect(counts.measured, target.name).toBeGreaterThan(0);
    }
  },
  180_000,
);

/** Whether the bench notices: a server that does wrong must not be green, however quick it is. */
import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { BenchServer } from "../load/bench-server.ts";
import { ask } from "./ask.ts";
import { Between, type Wrong } from "./between.ts";
import { findK6 } from "./find-k6.ts";
import { type Bounds, type Shape, targets } from "./targets.ts";
import type { Result } from "./verdict.ts";

const k6 = findK6();
const folder = mkdtempSync(join(tmpdir(), "parley-k6-test-"));
const send = targets.find(({ name }) => name === "send-500")!;
/** 100 messages, heard by two each. */
const shape: Shape = {
  ...send.quick,
  people: 10,
  members: 2,
  rate: 100,
  seconds: 1,
  warmSeconds: 0,
};
/** Beyond what a busy machine needs. */
const generous = { p95: 10_000 };
let server: BenchServer | undefined;

beforeAll(async () => {
  if (k6 !== undefined) server = await BenchServer.start({ workers: 1, cores: undefined });
}, 60_000);
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

async function askThrough(wrong: Wrong, bounds: Bounds): Promise<[Result, Between]> {
  using between = new Between(server!.url, wrong);
  const asking = { server: server!, k6: k6!, folder, through: between.url };
  return [await ask(asking, { ...send, bounds }, shape), between];
}

test.skipIf(k6 === undefined)(
  "k6 meets a target that is met, and counts every delivery",
  async () => {
    const [result] = await askThrough({ dropEvery: 0, lateMs: 0 }, generous);
    expect(result).toMatchObject({
      verdict: "met",
      faults: [],
      counts: { asked: 100, delivered: 200, measured: 200 },
    });
  },
  60_000,
);

test.skipIf(k6 === undefined)(
  "a server that drops one delivery in a hundred has FAILED, however quick it was",
  async () => {
    const [result, { dropped }] = await askThrough({ dropEvery: 100, lateMs: 0 }, generous);
    expect(dropped).toBeGreaterThan(0);
    expect(result.verdict).toBe("FAILED");
    expect(result.faults).toContain(`delivered is ${200 - dropped}, not count==200`);
    expect(result.faults).toContain(`${dropped} missing`);
  },
  60_000,
);

test.skipIf(k6 === undefined)(
  "a server that says everything 20 ms late misses a target of 20 ms",
  async () => {
    const [result] = await askThrough({ dropEvery: 0, lateMs: 20 }, { p95: 20 });
    expect(result).toMatchObject({ verdict: "missed", faults: [] });
    expect(result.quantiles["min"]).toBeGreaterThanOrEqual(20);
  },
  60_000,
);

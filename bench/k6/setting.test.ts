/** What stands before anything is asked. */
import { expect, test } from "bun:test";
import { tmpdir } from "node:os";
import { BenchServer } from "../load/bench-server.ts";
import { ask } from "./ask.ts";
import { makeSetting } from "./setting.ts";
import { type Shape, targets } from "./targets.ts";

const target = targets.find(({ name }) => name === "list-socket")!;
const shape: Shape = { ...target.quick, people: 2, members: 2, stored: 1 };

test("more channels of one person than a worker takes sockets of them all have what was to be said", async () => {
  await using server = await BenchServer.start({ workers: 1, cores: undefined });
  const { population, heads } = await makeSetting(server, { ...shape, channels: 120 });
  expect(population.channels).toHaveLength(120);
  expect([...heads.keys()].toSorted((one, other) => one - other)).toEqual(
    population.channels.map(({ id }) => id).toSorted((one, other) => one - other),
  );
  expect(Math.min(...heads.values())).toBeGreaterThan(0);
}, 60_000);

test("a question whose people cannot come in has FAILED, with the reason, and the next may be asked", async () => {
  const people = { add: () => Promise.reject(new Error("nobody comes in")) };
  const server = { url: "http://127.0.0.1:9", people };
  const asking = { server, k6: "k6", folder: tmpdir() };
  const result = await ask(asking, target, shape);
  expect(result).toMatchObject({ verdict: "FAILED", faults: ["nobody comes in"], strains: [] });
});

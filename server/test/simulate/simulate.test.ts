import { afterAll, beforeAll, expect, test } from "bun:test";
import { setLogLevel } from "../../observe/log.ts";
import { broken } from "./broken.ts";
import { describeRun, findBadRun } from "./run-seeds.ts";
import { simulate } from "./simulate.ts";

// What goes wrong on purpose is no news.
beforeAll(() => setLogLevel("silent"));
afterAll(() => setLogLevel("info"));

test("W5 W6 W10 C11 T5 M20: in 1,000 runs nothing acknowledged is lost, doubled, out of order or missing after a resume, receipts only grow, unread is what the definition says, who left is told nothing, and every reader ends with what is stored, also who came back and who was too slow", () => {
  const bad = findBadRun(1, 1_000);
  expect(bad && describeRun(bad)).toBeUndefined();
}, 60_000);

test("W10: a seed is one run, whenever it is played, and other seeds are others", () => {
  const [once, ...others] = [7, 8, 9, 10].map((seed) => simulate(seed));
  expect(simulate(7)).toEqual(once!);
  for (const other of others) expect(other.story).not.toEqual(once!.story);
});

test("W10: in the runs workers die, before they could tell of a commit too, the bus goes away, people leave and join, and some read too slowly", () => {
  const told = new Set<string>();
  let [messages, receipts] = [0, 0];
  for (let seed = 1; seed <= 20; seed++) {
    const run = simulate(seed);
    messages += run.messages;
    receipts += run.receipts;
    for (const sentence of run.story) {
      told.add(sentence.replace(/^\d+ ms: /, "").replaceAll(/\d+(\.\d+)?/g, "N"));
    }
  }
  expect([...told].toSorted()).toEqual([
    "N joins N",
    "N leaves N, by N",
    "a worker dies behind a commit",
    "a worker is killed",
    "a worker loses the bus",
    "session N was closed: behind",
    "session N was too slow, and comes back",
    "somebody reads slowly",
  ]);
  expect(messages).toBeGreaterThan(500);
  expect(receipts).toBeGreaterThan(200);
});

/** Within so many seeds the lack of each shows. */
const seedsMax = 50;

for (const [guarantee, { cast, shows }] of Object.entries(broken)) {
  test(`W10: the checker is not blind: ${guarantee} shows within ${seedsMax} seeds, and its seed shows it again`, () => {
    const bad = findBadRun(1, seedsMax, cast, shows);
    if (!bad) throw new Error("nobody noticed");
    expect(simulate(bad.seed, cast)).toEqual(bad);
    expect(simulate(bad.seed).faults).toEqual([]);
    expect(describeRun(bad)).toContain(`--from ${bad.seed}`);
  });
}

import { expect, test } from "bun:test";
import { MemoryHub } from "./memory-bus.ts";
import { Peers } from "./peers.ts";
import { peersTopic } from "./topic.ts";

/** Workers that tell each other, on one clock. */
async function startPeers(count: number, places: readonly string[] = []) {
  const hub = new MemoryHub();
  let nowMs = 0;
  const start = async (at: number) => {
    const bus = { ...hub.connect((_, bytes) => peers.heard(bytes)), isHealthy: true };
    await bus.subscribe([peersTopic]);
    const worker = { lost: 0, bus };
    const peers: Peers = new Peers({
      bus,
      lost: () => worker.lost++,
      place: places[at] ?? "here",
      sockets: () => 10 * (at + 1),
      now: () => nowMs,
    });
    return Object.assign(worker, { peers });
  };
  const workers = await Promise.all(Array.from({ length: count }, (_, at) => start(at)));
  const pass = async (seconds: number, who = workers): Promise<void> => {
    for (let second = 0; second < seconds; second++) {
      nowMs += 1_000;
      for (const { peers } of who) await peers.tell();
    }
  };
  return { workers, pass };
}

test("W2: who falls silent without a word is missed by all others within 4 s, once", async () => {
  const { workers, pass } = await startPeers(3);
  await pass(2);
  const [one, other] = [workers[0]!, workers[1]!];
  await pass(3, [one, other]);
  expect([one.lost, other.lost]).toEqual([0, 0]);
  await pass(3, [one, other]);
  expect([one.lost, other.lost]).toEqual([1, 1]);
});

test("W8: who says goodbye is not missed", async () => {
  const { workers, pass } = await startPeers(2);
  await pass(2);
  const [one, other] = [workers[0]!, workers[1]!];
  await other.peers.leave();
  await pass(5, [one]);
  expect(one.lost).toBe(0);
});

test("nobody is missed while the bus is away: everything is compared anyway", async () => {
  const { workers, pass } = await startPeers(2);
  await pass(2);
  const [one] = [workers[0]!];
  one.bus.isHealthy = false;
  await pass(5, [one]);
  expect(one.lost).toBe(0);
});

test("W8: each knows how many sockets those have that listen at the same place, until they are gone", async () => {
  const { workers, pass } = await startPeers(4, ["a:3000", "a:3000", "a:3000", "b:3000"]);
  await pass(1);
  const [one, two, three] = [workers[0]!, workers[1]!, workers[2]!];
  expect(one.peers.socketsBeside().toSorted((a, b) => a - b)).toEqual([20, 30]);
  expect(workers[3]!.peers.socketsBeside()).toEqual([]);
  await two.peers.leave();
  await pass(5, [one]);
  expect(one.peers.socketsBeside()).toEqual([]);
  await pass(1, [one, three]);
  expect(one.peers.socketsBeside()).toEqual([30]);
});

/** The peer that needs no packages, asked small: that it is counted right, not that it is fast. */
import { expect, test } from "bun:test";
import { BenchServer } from "../load/bench-server.ts";
import { hasAccounting } from "../load/processes.ts";
import { ask } from "./ask.ts";
import { Choir } from "./choir.ts";
import type { Contestant } from "./contestant.ts";
import { Kept } from "./kept.ts";
import { DurableParley, parleyTitle } from "./parley.ts";
import { PeerServer } from "./peer-server.ts";
import { peers } from "./peers.ts";
import { fanout } from "./question/speaking.ts";
import { answerText } from "./report.ts";

const extent = { seconds: 0.2, socketsMax: 6 };
const question = fanout({ ...extent, sockets: 6, inFlight: 3 });
const bareLoop = () => new PeerServer(peers[0]!, [process.execPath, peers[0]!.server], undefined);

test("W14: all that is said through Parley and a bare loop is heard by everybody, and the cost of each is told as a ratio to Parley's", async () => {
  await using parley = await BenchServer.start({ workers: 1, cores: undefined });
  await using bare = bareLoop();
  const answer = await ask(question, [new DurableParley(parley), bare], 1);
  for (const title of [parleyTitle, bare.title]) {
    const runs = answer.rounds.get(title)!;
    expect(runs.flatMap(({ faults }) => faults)).toEqual([]);
    const { figures } = runs[0]!;
    expect(figures["deliveries per second"]).toBeCloseTo(figures["messages per second"]! * 6);
    if (hasAccounting) expect(figures["server: CPU µs per delivery"]).toBeGreaterThan(0);
  }
  const told = answerText(answer, parleyTitle).split("\n");
  expect(told.find((line) => line.includes(bare.title))).toMatch(/\d ×/);
}, 30_000);

/** The same, but for how somebody comes in. */
const entered = (bare: PeerServer, enter: Contestant["enter"]): Contestant => ({
  title: bare.title,
  spent: () => bare.spent(),
  prepare: (shape) => bare.prepare(shape),
  renew: () => bare.renew(),
  enter,
});

test("a peer of which one delivery is lost, or doubled, has failed", async () => {
  await using bare = bareLoop();
  const faulty = (times: number) =>
    entered(bare, (index, heard) =>
      bare.enter(index, (number) => {
        const isUnlucky = index === 5 && number === 2;
        for (let time = 0; time < (isUnlucky ? times : 1); time++) heard(number);
      }),
    );
  const impatient = fanout({ ...extent, sockets: 6, inFlight: 3, settleMsMax: 300 });
  const lossy = await ask(impatient, [faulty(0)], 1);
  expect(lossy.rounds.get(bare.title)![0]!.faults).toContain("1 missing");
  const doubling = await ask(question, [faulty(2)], 1);
  expect(doubling.rounds.get(bare.title)![0]!.faults).toContain("1 doubled");
});

test("a delivery that comes after its run is a fault of the next one", async () => {
  await using bare = bareLoop();
  const shape = { sockets: 2, members: 2 };
  await bare.prepare(shape);
  const hearing: ((number: number) => void)[] = [];
  const heardBy = entered(bare, (index, heard) => {
    hearing[index] = heard;
    return bare.enter(index, heard);
  });
  const choir = await Choir.open(heardBy, shape);
  const sayOne = async () => {
    await choir.say(0);
    await choir.complete();
    return choir.faults();
  };
  choir.begin();
  expect(await sayOne()).toEqual([]);
  choir.begin();
  hearing[1]!(0);
  expect(await sayOne()).toEqual(["1 of the run before"]);
  await choir.leave();
});

test("a peer that does not start has failed, and says with what", async () => {
  await using broken = new PeerServer(peers[0]!, ["sh", "-c", "exit 3"], undefined);
  const { rounds } = await ask(question, [broken], 1);
  expect(rounds.get(broken.title)![0]!.faults).toEqual(["it ended with 3 before it was ready"]);
});

test("a program that is kept ends when it is let go", async () => {
  const kept = new Kept(["sh", "-c", "echo $$; exec sleep 600"], { cores: undefined });
  const pid = Number(await kept.firstLine());
  expect(() => process.kill(pid, 0)).not.toThrow();
  await kept[Symbol.asyncDispose]();
  expect(() => process.kill(pid, 0)).toThrow();
});

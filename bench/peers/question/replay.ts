import { findWithin } from "#lib/wait.ts";
import { Latency } from "../../load/latency.ts";
import type { Run } from "../../load/measure.ts";
import { allCpu, Choir, costOf, per, serverCpu } from "../choir.ts";
import type { Contestant } from "../contestant.ts";
import type { Extent, Question } from "../question.ts";

const wanted = 200;
const missed = 20;
const backMsMax = 20_000;

/** Half of a channel loses its sockets, messages are said meanwhile, and all come back in the same moment. */
export function replay({ socketsMax }: Extent): Question {
  const sockets = Math.min(wanted, socketsMax);
  return {
    name: "replay",
    asks: `Who lost their sockets, ${Math.floor(sockets / 2)} at once, and missed ${missed} messages: how soon do they have them, and at what cost?`,
    figures: ["return p50 ms", "return max ms", serverCpu("return"), allCpu("return")],
    needs: "replay",
    ask: async (contestant) => {
      const shape = { sockets, members: sockets };
      await contestant.prepare(shape);
      const choir = await Choir.open(contestant, shape);
      return { run: () => dropAndReturn(contestant, choir), end: () => choir.leave() };
    },
  };
}

async function dropAndReturn(contestant: Contestant, choir: Choir): Promise<Run> {
  choir.begin();
  // Everybody has heard something, so that there is something to come back with.
  await choir.say(0);
  await choir.complete();
  const lost = choir.sockets
    .keys()
    .filter((index) => index % 2 === 1)
    .toArray();
  for (const index of lost) choir.sockets[index]!.reset();
  for (let count = 0; count < missed; count++) await choir.say(0);

  const before = contestant.spent();
  const startMs = performance.now();
  const latency = new Latency();
  const returns = lost.map(async (index) => {
    await choir.sockets[index]!.comeBack();
    const hasAll = () => choir.heardBy(index) > missed || undefined;
    await findWithin(backMsMax, hasAll, 1);
    latency.record(performance.now() - startMs);
  });
  await Promise.all(returns);
  await choir.complete();
  const cost = costOf(before, contestant.spent());
  return {
    faults: choir.faults(),
    figures: { ...per("return", lost.length, cost), ...latency.figures("return") },
  };
}

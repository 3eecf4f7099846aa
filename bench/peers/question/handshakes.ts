import { Latency } from "../../load/latency.ts";
import type { Run } from "../../load/measure.ts";
import { allCpu, costOf, per, serverCpu } from "../choir.ts";
import type { Contestant } from "../contestant.ts";
import type { Extent, Question } from "../question.ts";

const atOnce = 16;
const peopleWanted = 200;

interface Coming {
  readonly people: number;
  readonly seconds: number;
}

/** Sockets that come in until they hear what is said, and leave, as many as go. */
export function handshakes({ seconds, socketsMax }: Extent): Question {
  const people = Math.min(peopleWanted, socketsMax);
  return {
    name: "handshakes",
    asks: `What does it cost to come in, ${atOnce} at once?`,
    figures: [
      serverCpu("handshake"),
      allCpu("handshake"),
      "handshakes per second",
      "handshake p99 ms",
    ],
    ask: async (contestant) => {
      await contestant.prepare({ sockets: people, members: people });
      return {
        run: () => comeIn(contestant, { people, seconds }),
        end: () => Promise.resolve(),
      };
    },
  };
}

async function comeIn(contestant: Contestant, { people, seconds }: Coming): Promise<Run> {
  const latency = new Latency();
  let heard = 0;
  let next = 0;
  const before = contestant.spent();
  const startMs = performance.now();
  const endMs = startMs + seconds * 1_000;
  const lanes = Array.from({ length: atOnce }, async () => {
    while (performance.now() < endMs) {
      const sinceMs = performance.now();
      const socket = await contestant.enter(next++ % people, () => void heard++);
      latency.record(performance.now() - sinceMs);
      await socket.leave();
    }
  });
  await Promise.all(lanes);
  const cost = costOf(before, contestant.spent());
  return {
    faults: heard === 0 ? [] : [`${heard} deliveries of what nobody said`],
    figures: {
      "handshakes per second": latency.count / ((performance.now() - startMs) / 1_000),
      ...per("handshake", latency.count, cost),
      ...latency.figures("handshake"),
    },
  };
}

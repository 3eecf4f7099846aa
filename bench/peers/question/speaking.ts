import { allCpu, Choir, serverCpu } from "../choir.ts";
import type { Extent, Question } from "../question.ts";

interface Fanout extends Extent {
  readonly sockets: number;
  readonly inFlight: number;
}

/** All in one channel, of whom some speak, each with one unanswered message. */
export function fanout({ sockets, inFlight, seconds, socketsMax, settleMsMax }: Fanout): Question {
  const count = Math.min(sockets, socketsMax);
  const speakers = Math.min(inFlight, count);
  return {
    name: `fanout-${sockets}-${inFlight}`,
    asks: `What does a delivery cost in one channel of ${count} sockets, ${speakers} in flight?`,
    figures: [serverCpu("delivery"), allCpu("delivery"), "deliveries per second", "receipt p99 ms"],
    asksEphemeral: true,
    ask: async (contestant) => {
      const shape = { sockets: count, members: count };
      await contestant.prepare(shape);
      const choir = await Choir.open(contestant, shape, settleMsMax);
      return {
        run: () => choir.run({ speakers, seconds, rate: 0 }),
        end: () => choir.leave(),
      };
    },
  };
}

interface Durable extends Extent {
  /** Messages per second; 0 is the closed loop. */
  readonly rate: number;
}

const channelsWanted = 50;

/** Channels with one socket each, of whom all speak; only of those who store what they tell. */
export function durable({ rate, seconds, socketsMax }: Durable): Question {
  const sockets = Math.min(channelsWanted, socketsMax);
  const isOpen = rate > 0;
  const pace = isOpen ? `at ${rate} messages per second` : "the next when the one before is stored";
  const costs = [serverCpu("message"), allCpu("message")];
  const times = ["receipt p50 ms", "receipt p95 ms", "receipt p99 ms"];
  return {
    name: isOpen ? "durable-open" : "durable-closed",
    asks: `What does it take to store and tell messages in ${sockets} channels, ${pace}?`,
    figures: isOpen ? [...times, ...costs] : ["messages per second", ...costs, ...times],
    needs: "durable",
    ask: async (contestant) => {
      const shape = { sockets, members: 1 };
      await contestant.prepare(shape);
      const choir = await Choir.open(contestant, shape);
      return {
        run: () => choir.run({ speakers: sockets, seconds, rate }),
        end: () => choir.leave(),
      };
    },
  };
}

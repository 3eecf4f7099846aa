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
  readonly name: string;
  /** Of each channel, of whom one speaks. */
  readonly members: number;
  /** Messages per second; 0 is the closed loop. */
  readonly rate: number;
}

const channelsWanted = 50;

/** Many channels, in each of which one speaks; only of those who store what they tell. */
export function durable({ name, members, rate, seconds, socketsMax }: Durable): Question {
  const channels = Math.max(1, Math.min(channelsWanted, Math.floor(socketsMax / members)));
  const isOpen = rate > 0;
  const pace = isOpen ? `at ${rate} messages per second` : "the next when the one before is stored";
  const size = members === 1 ? "one socket" : `${members} sockets`;
  const costs = [serverCpu("message"), allCpu("message")];
  const times = ["receipt p50 ms", "receipt p95 ms", "receipt p99 ms"];
  return {
    name,
    asks: `What does it take to store and tell messages in ${channels} channels of ${size}, ${pace}?`,
    figures: isOpen ? [...times, ...costs] : ["messages per second", ...costs, ...times],
    needs: "durable",
    ask: async (contestant) => {
      const shape = { sockets: channels * members, members };
      await contestant.prepare(shape);
      const choir = await Choir.open(contestant, shape);
      return {
        run: () => choir.run({ speakers: channels, seconds, rate }),
        end: () => choir.leave(),
      };
    },
  };
}

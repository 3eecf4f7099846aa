import type { Extent, Question } from "./question.ts";
import { handshakes } from "./question/handshakes.ts";
import { idle } from "./question/idle.ts";
import { replay } from "./question/replay.ts";
import { durable, fanout } from "./question/speaking.ts";

/** Messages per second of the open loop. */
const rate = 500;

/** All of them, in the order in which they are asked. */
export function questionsOf(extent: Extent): readonly Question[] {
  return [
    fanout({ ...extent, sockets: 200, inFlight: 50 }),
    fanout({ ...extent, sockets: 200, inFlight: 1 }),
    fanout({ ...extent, sockets: 1_000, inFlight: 50 }),
    fanout({ ...extent, sockets: 1_000, inFlight: 1 }),
    handshakes(extent),
    idle({ ...extent, sockets: 1_000 }),
    // Only where somebody wants so many: it takes a while.
    ...(extent.socketsMax > 1_000 ? [idle({ ...extent, sockets: 10_000 })] : []),
    durable({ ...extent, name: "durable-five", members: 5, rate: 0 }),
    durable({ ...extent, name: "durable-closed", members: 1, rate: 0 }),
    durable({ ...extent, name: "durable-open", members: 1, rate }),
    replay(extent),
  ];
}

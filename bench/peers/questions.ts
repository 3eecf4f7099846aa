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
    idle(extent),
    durable({ ...extent, rate: 0 }),
    durable({ ...extent, rate }),
    replay(extent),
  ];
}

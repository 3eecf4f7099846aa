import { webSocketTo } from "../net/carrier.ts";
import { Way } from "../net/way.ts";
import { socketUrl } from "../sdk/surroundings.ts";
import type { Clock } from "../store/clock.ts";

/** A way to a server that is only ever reached by WebSocket. */
export const wayTo = (origin: string, clock: Clock): Way =>
  new Way({
    clock,
    log: () => undefined,
    webSocket: webSocketTo(socketUrl(origin), WebSocket),
    streamed: () => Promise.reject(new Error("nobody asks for it")),
    answers: () => Promise.resolve(false),
    isBlocked: { get: () => false, set: () => undefined },
  });

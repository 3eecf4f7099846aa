import type { Event } from "#wire/event.ts";

import { Connection, type ConnectionParts } from "../net/connection.ts";
import type { Token } from "../net/identity.ts";
import type { Link } from "../store/model.ts";
import { HandClock } from "./hand-clock.ts";
import { Queue } from "./queue.ts";
import type { ScriptedServer } from "./scripted-server.ts";
import { wayTo } from "./way-to.ts";

/** A connection to a scripted server, by a clock that a test moves; `random` is a half. */
export function connect(server: ScriptedServer, changes: Partial<ConnectionParts> = {}) {
  const clock = new HandClock();
  const events = new Queue<Event>();
  const tokens = new Queue<{ fresh: boolean }>();
  const ended = new Queue<string>();
  const links = new Queue<Link>();
  const connection = new Connection({
    way: wayTo(server.origin, clock),
    clock,
    random: () => 0.5,
    log: () => undefined,
    isOnline: () => true,
    tokens: {
      token: (want = { fresh: false }): Promise<Token> => {
        tokens.add(want);
        return Promise.resolve({ token: want.fresh ? "fresh" : "held" });
      },
      ended: (why) => {
        ended.add(why);
        connection.stop((link) => link.signedOut(why));
      },
    },
    greeting: () => ({ epoch: "first", streams: [] }),
    welcomed: () => undefined,
    receive: (event) => events.add(event),
    lost: () => undefined,
    ...changes,
  });
  connection.link.subscribe((link) => links.add(link));
  const is = (state: Link["state"]) => links.next((link) => link.state === state);
  return {
    connection,
    clock,
    events,
    tokens,
    ended,
    is,
    [Symbol.dispose]: () => connection.stop((link) => link.connecting()),
  };
}

import { effect, type Signal, signal, untracked } from "@preact/signals";

import { webSocketTo } from "../net/carrier.ts";
import { Connection } from "../net/connection.ts";
import { DraftTexts } from "../net/draft-texts.ts";
import { Session, type TokenSource } from "../net/session.ts";
import { Way } from "../net/way.ts";
import type { Accounts, Me, Model } from "../store/model.ts";
import { createModel } from "./create-model.ts";
import { blockedOf, leavingOf, rememberSignedIn, wasSignedIn } from "./last-time.ts";
import type { Life } from "./life.ts";
import { answers, browserSurroundings, socketUrl, type Surroundings } from "./surroundings.ts";

export interface Client {
  readonly model: Model;
  readonly accounts: Accounts;
  /** Ends everything; for tests and for pages that embed a client. */
  stop(): void;
}

/** Starts a client: it finds out who is signed in, connects, and comes back by itself until it is stopped. */
export function startClient(given?: Surroundings): Client {
  const surroundings = given ?? browserSurroundings();
  const { clock, address, fetch, log, storage } = surroundings;
  const life: Signal<Life | undefined> = signal(undefined);
  const looking: Signal<string | undefined> = signal(undefined);
  let beginLife: ((me: Me) => Life) | undefined;
  let fetching: Promise<boolean> | undefined;
  let isStopped = false;

  /** The code of lives, which visitors do without. Resolves to whether it is here; what failed is tried anew the next time. */
  const fetchLives = (): Promise<boolean> => {
    fetching ??= import("./lives.ts").then(
      ({ livesOf }) => {
        beginLife = livesOf({ ...surroundings, ask: connection.ask, looking });
        follow(session.me.peek());
        return true;
      },
      (error: unknown) => {
        log("a part of the page could not be fetched", error);
        fetching = undefined;
        return false;
      },
    );
    return fetching;
  };

  const session = new Session(fetch, clock, {
    entering: () => void fetchLives(),
    leaving: leavingOf(storage, log),
  });
  const tokens: TokenSource = {
    // Not before there is a life: a `hello` says what it holds, and everything that follows is for it.
    async token(want) {
      const token = await session.token(want);
      if ("refused" in token || (await fetchLives())) return token;
      return { refused: "unreachable" };
    },
    ended: (why) => session.ended(why),
  };
  const connection = new Connection({
    ...surroundings,
    way: new Way({
      clock,
      log,
      webSocket: webSocketTo(socketUrl(address), surroundings.WebSocket),
      streamed: async () => (await import("../net/streamed.ts")).streamedBy(fetch, clock),
      answers: () => answers(fetch),
      isBlocked: blockedOf(storage, log),
    }),
    tokens,
    greeting: () => life.peek()?.greeting() ?? { epoch: "", streams: [] },
    welcomed: (welcome) => life.peek()?.welcomed(welcome),
    receive: (event) => life.peek()?.receive(event),
    lost: () => life.peek()?.pause(),
  });

  /** Another user is another life: nothing of the last one is shown or sent. */
  let user: Me["id"] | undefined;
  const follow = (me: Me | undefined): void => {
    if (isStopped) return;
    if (me?.id !== user) {
      if (user !== undefined) connection.stop((link) => link.connecting());
      user = me?.id;
      life.peek()?.dispose();
      life.value = undefined;
    }
    if (!me) return;
    life.value = life.peek() ?? beginLife?.(me);
    connection.start();
  };
  const disposeLives = effect(() => {
    const me = session.me.value;
    untracked(() => follow(me));
  });
  const disposeOut = effect(() => {
    const why = session.out.value;
    if (why) untracked(() => connection.stop((link) => link.signedOut(why)));
    if (why || session.me.value) rememberSignedIn(storage, !why, log);
  });
  const unwatch = surroundings.watch((what) => {
    if (what === "back") connection.hurry();
    else connection.suspect();
  });
  if (wasSignedIn(storage)) void fetchLives();
  connection.start();

  return {
    model: createModel({
      life,
      session,
      connection,
      clock,
      texts: new DraftTexts(storage, log),
      looking,
    }),
    accounts: session.accounts,
    stop() {
      isStopped = true;
      unwatch();
      disposeLives();
      disposeOut();
      life.peek()?.dispose();
      connection.stop((link) => link.rest());
    },
  };
}

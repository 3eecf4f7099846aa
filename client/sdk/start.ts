import { effect, type Signal, signal, untracked } from "@preact/signals";

import { webSocketTo } from "../net/carrier.ts";
import { Connection } from "../net/connection.ts";
import { DraftTexts } from "../net/draft-texts.ts";
import type { Identity, TokenSource } from "../net/identity.ts";
import { Way } from "../net/way.ts";
import type { Me, Model } from "../store/model.ts";
import { createModel } from "./create-model.ts";
import { blockedOf } from "./last-time.ts";
import type { Life } from "./life.ts";
import { answers, socketUrl, type Surroundings } from "./surroundings.ts";

export interface Started {
  readonly model: Model;
  /** Connects as soon as somebody is there, and comes back by itself until it is stopped. */
  begin(): void;
  /** Somebody may be there in a moment: fetches the code that they will need. */
  prepare(): void;
  /** Ends everything. */
  stop(): void;
}

/** Puts the rooms together around an identity; `known` hears whether somebody is signed in, as soon as that is known and whenever it changes. */
export function start(
  surroundings: Surroundings,
  identity: Identity,
  known: (isSignedIn: boolean) => void = () => undefined,
): Started {
  const { address, clock, fetch, log, storage } = surroundings;
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
        follow(identity.me.peek());
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

  const tokens: TokenSource = {
    // Not before there is a life: a `hello` says what it holds, and everything that follows is for it.
    async token(want) {
      const token = await identity.token(want);
      if ("refused" in token || (await fetchLives())) return token;
      return { refused: "unreachable" };
    },
    ended: (why) => identity.ended(why),
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
    const me = identity.me.value;
    untracked(() => follow(me));
  });
  const disposeOut = effect(() => {
    const why = identity.out.value;
    if (why) untracked(() => connection.stop((link) => link.signedOut(why)));
    if (why || identity.me.value) known(!why);
  });
  const unwatch = surroundings.watch((what) => {
    if (what === "back") connection.hurry();
    else connection.suspect();
  });
  return {
    model: createModel({
      life,
      identity,
      connection,
      clock,
      texts: new DraftTexts(storage, log),
      looking,
    }),
    begin: () => connection.start(),
    prepare: () => void fetchLives(),
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

import { effect, type Signal, signal, untracked } from "@preact/signals";

import { Connection } from "../net/connection.ts";
import { openDraftStore } from "../net/draft-store.ts";
import { DraftTexts } from "../net/draft-texts.ts";
import { Session } from "../net/session.ts";
import { joinTabs } from "../net/tab.ts";
import { MessageIds } from "../net/uuid.ts";
import type { Accounts, Model } from "../store/model.ts";
import { createModel } from "./create-model.ts";
import { Life } from "./life.ts";
import { browserSurroundings, socketUrl, type Surroundings } from "./surroundings.ts";

export interface Client {
  readonly model: Model;
  readonly accounts: Accounts;
  /** Ends everything; for tests and for pages that embed a client. */
  stop(): void;
}

/** Starts a client: it finds out who is signed in, connects, and comes back by itself until it is stopped. */
export function startClient(given?: Surroundings): Client {
  const surroundings = given ?? browserSurroundings();
  const { clock, fetch, locks, log, origin, storage } = surroundings;
  const session = new Session(fetch, clock);
  const life: Signal<Life | undefined> = signal(undefined);
  const connection = new Connection({
    ...surroundings,
    url: socketUrl(origin),
    tokens: session,
    greeting: () => life.peek()?.greeting() ?? { epoch: "", streams: [] },
    welcomed: (welcome) => life.peek()?.welcomed(welcome),
    receive: (event) => life.peek()?.receive(event),
    lost: () => life.peek()?.pause(),
  });
  const looking: Signal<string | undefined> = signal(undefined);
  const ids = new MessageIds(() => clock.now());
  const parts = {
    ...surroundings,
    ask: connection.ask,
    looking,
    ids,
    store: openDraftStore(log),
    tab: joinTabs(ids.next(), locks),
  };

  /** Another user is another life: nothing of the last one is shown or sent. */
  const disposeLives = effect(() => {
    const me = session.me.value;
    untracked(() => {
      const last = life.peek();
      if (last && last.state.me.id === me?.id) return;
      last?.dispose();
      if (last) connection.stop((link) => link.connecting());
      life.value = me && new Life(me, parts);
      if (me) connection.start();
    });
  });
  const disposeOut = effect(() => {
    const why = session.out.value;
    if (why) untracked(() => connection.stop((link) => link.signedOut(why)));
  });
  const unwatch = surroundings.watch((what) => {
    if (what === "back") connection.hurry();
    else connection.suspect();
  });
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
      unwatch();
      disposeLives();
      disposeOut();
      life.peek()?.dispose();
      connection.stop((link) => link.rest());
    },
  };
}

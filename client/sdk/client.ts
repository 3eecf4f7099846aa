import { Session } from "../net/session.ts";
import type { Accounts, Model } from "../store/model.ts";
import { leavingOf, rememberSignedIn, wasSignedIn } from "./last-time.ts";
import { start } from "./start.ts";
import { browserSurroundings, type Surroundings } from "./surroundings.ts";

export interface Client {
  readonly model: Model;
  readonly accounts: Accounts;
  /** Ends everything; for tests and for pages that embed a client. */
  stop(): void;
}

/** Starts a client for accounts of this server: it finds out who is signed in, connects, and comes back by itself until it is stopped. */
export function startClient(given?: Surroundings): Client {
  const surroundings = given ?? browserSurroundings();
  const { clock, fetch, log, storage } = surroundings;
  const session = new Session(fetch, clock, {
    entering: () => started.prepare(),
    leaving: leavingOf(storage, log),
  });
  const started = start(surroundings, session, (isSignedIn) =>
    rememberSignedIn(storage, isSignedIn, log),
  );
  if (wasSignedIn(storage)) started.prepare();
  started.begin();
  return { model: started.model, accounts: session.accounts, stop: () => started.stop() };
}

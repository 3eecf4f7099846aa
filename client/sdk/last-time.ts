import type { Log } from "../net/log.ts";
import type { SmallStore } from "../net/small-store.ts";
import type { Flag } from "../net/way.ts";

const key = "parley:signed-in";
const leavingKey = "parley:leaving";
const blockedKey = "parley:websocket-blocked";

/**
 * Whether somebody was signed in here the last time. Then what a signed-in person needs is fetched while the server is still
 * asked who it is. A guess: nothing but speed hangs on it.
 */
export function wasSignedIn(storage: SmallStore | undefined): boolean {
  return storage?.getItem(key) === "yes";
}

/** Remembered for the next page of this browser. */
export function rememberSignedIn(storage: SmallStore | undefined, is: boolean, log: Log): void {
  remember(storage, key, is, log);
}

/** That somebody signed out here, and the server has not heard of it. */
export const leavingOf = (storage: SmallStore | undefined, log: Log): Flag =>
  flagOf(storage, leavingKey, log);

/** That this browser's network lets no WebSocket through. */
export const blockedOf = (storage: SmallStore | undefined, log: Log): Flag =>
  flagOf(storage, blockedKey, log);

function flagOf(storage: SmallStore | undefined, name: string, log: Log): Flag {
  return {
    get: () => storage?.getItem(name) === "yes",
    set: (is) => remember(storage, name, is, log),
  };
}

function remember(storage: SmallStore | undefined, name: string, is: boolean, log: Log): void {
  try {
    if (is) storage?.setItem(name, "yes");
    else storage?.removeItem(name);
  } catch (error) {
    log("the next page will not know of this one", error); // Full, or forbidden.
  }
}

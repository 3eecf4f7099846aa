import type { Log } from "../net/log.ts";
import type { Leaving } from "../net/session.ts";

const key = "parley:signed-in";
const leavingKey = "parley:leaving";

/**
 * Whether somebody was signed in here the last time. Then what a signed-in person needs is fetched while the server is still
 * asked who it is. A guess: nothing but speed hangs on it.
 */
export function wasSignedIn(storage: Storage | undefined): boolean {
  return storage?.getItem(key) === "yes";
}

/** Remembered for the next page of this browser. */
export function rememberSignedIn(storage: Storage | undefined, is: boolean, log: Log): void {
  remember(storage, key, is, log);
}

/** That somebody signed out here, and the server has not heard of it. */
export function leavingOf(storage: Storage | undefined, log: Log): Leaving {
  return {
    get: () => storage?.getItem(leavingKey) === "yes",
    set: (is) => remember(storage, leavingKey, is, log),
  };
}

function remember(storage: Storage | undefined, name: string, is: boolean, log: Log): void {
  try {
    if (is) storage?.setItem(name, "yes");
    else storage?.removeItem(name);
  } catch (error) {
    log("the next page will not know of this one", error); // Full, or forbidden.
  }
}

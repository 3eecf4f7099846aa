import type { Log } from "../net/log.ts";

const key = "parley:signed-in";

/**
 * Whether somebody was signed in here the last time. Then what a signed-in person needs is fetched while the server is still
 * asked who it is. A guess: nothing but speed hangs on it.
 */
export function wasSignedIn(storage: Storage | undefined): boolean {
  return storage?.getItem(key) === "yes";
}

/** Remembered for the next page of this browser. */
export function rememberSignedIn(storage: Storage | undefined, is: boolean, log: Log): void {
  try {
    if (is) storage?.setItem(key, "yes");
    else storage?.removeItem(key);
  } catch (error) {
    log("the next page will start a little slower", error); // Full, or forbidden.
  }
}

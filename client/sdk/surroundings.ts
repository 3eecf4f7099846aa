import type { Clock } from "../store/clock.ts";
import { systemClock } from "../store/clock.ts";
import { base } from "../net/base.ts";
import { consoleLog, type Log } from "../net/log.ts";
import { type SmallStore, smallStoreOf } from "../net/small-store.ts";

/** All that a client takes from where it runs; a test hands in its own. */
export interface Surroundings {
  /** Where the server is, without a slash at the end: the socket goes there by wss where the page came by https (U16). */
  readonly address: string;
  readonly fetch: (path: string, init?: RequestInit) => Promise<Response>;
  readonly WebSocket: typeof WebSocket;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly log: Log;
  readonly storage: SmallStore | undefined;
  /** Absent on plain http. */
  readonly locks: LockManager | undefined;
  readonly isOnline: () => boolean;
  /** Calls back when the network or the tab comes back (`back`), or the network goes (`lost`); returns the way out. */
  readonly watch: (seen: (what: "back" | "lost") => void) => () => void;
  /** Calls back whenever somebody touches the page, by pointer, wheel or key; returns the way out. */
  readonly watchTouches: (touched: () => void) => () => void;
}

/** A finger is a pointer, too. */
const touches = ["pointerdown", "pointermove", "wheel", "keydown"] as const;

/** The page in a browser. */
export function browserSurroundings(): Surroundings {
  return {
    address: `${location.origin}${base}`,
    fetch: (path, init) => fetch(`${base}${path}`, init),
    WebSocket,
    clock: systemClock,
    random: Math.random,
    log: consoleLog,
    storage: storageOf(),
    locks: (navigator as { locks?: LockManager }).locks,
    isOnline: () => navigator.onLine,
    watch(seen) {
      const back = (): void => seen("back");
      const lost = (): void => seen("lost");
      const shown = (): void => {
        if (document.visibilityState === "visible") back();
      };
      addEventListener("online", back);
      addEventListener("offline", lost);
      document.addEventListener("visibilitychange", shown);
      return () => {
        removeEventListener("online", back);
        removeEventListener("offline", lost);
        document.removeEventListener("visibilitychange", shown);
      };
    },
    watchTouches(touched) {
      const over = new AbortController();
      const unseen = { capture: true, passive: true, signal: over.signal };
      for (const touch of touches) addEventListener(touch, touched, unseen);
      return () => over.abort();
    },
  };
}

/** Reading the property throws where the browser forbids it. */
function storageOf(): SmallStore | undefined {
  try {
    return smallStoreOf(localStorage, base);
  } catch {
    return undefined;
  }
}

/** Where the socket of the server at this address is. */
export function socketUrl(address: string): string {
  return `${address.replace(/^http/, "ws")}/ws`;
}

/** Past this a plain request counts as unanswered. */
const answerMsMax = 5_000;

/** Whether the server answers a plain request. */
export async function answers(fetch: Surroundings["fetch"]): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(answerMsMax);
    return (await fetch("/livez", { cache: "no-store", signal })).ok;
  } catch {
    return false; // No network, or nobody behind it.
  }
}

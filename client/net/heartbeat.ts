import type { Clock } from "../store/clock.ts";

/** How long an answer to a ping may take before the socket counts as dead. */
const pongMsMax = 10_000;
/** The same after something that often kills sockets: a sleep, a change of network. Somebody is waiting. */
const probeMsMax = 2_000;
/** How often the clock is looked at, and how late that may be before it counts as a sleep. */
const tickMs = { every: 5_000, lateMax: 3_000 } as const;

interface Parts {
  readonly clock: Clock;
  readonly ping: () => void;
  /** Called at most once. */
  readonly dead: () => void;
  readonly heartbeatMs: number;
  readonly idleMsMax: number;
}

type Timer = "ping" | "limit" | "tick";

/**
 * Finds out that a socket is dead although it says nothing: pings at every heartbeat and whenever asked, and gives up when nothing at
 * all is heard afterwards. A laptop that slept shows as a tick that comes far too late.
 *
 * The next ping is set by what is heard, never by the timer of the last: in a hidden tab browsers let timers that were set by timers
 * run once per minute only, and the server would call us idle.
 */
export class Heartbeat {
  readonly #parts: Parts;
  readonly #stops = new Map<Timer, () => void>();
  #heardAt: number;
  #limitAt = Number.POSITIVE_INFINITY;

  constructor(parts: Parts) {
    this.#parts = parts;
    this.#heardAt = parts.clock.now();
    this.#pingLater();
    this.#tick();
  }

  /** Any frame counts: a socket that talks is alive. */
  heard(): void {
    this.#heardAt = this.#parts.clock.now();
    this.#limitAt = Number.POSITIVE_INFINITY;
    this.#cancel("limit");
    if (!this.#stops.has("ping")) this.#pingLater();
  }

  /** Asks now whether the socket still lives, and waits less long than usual. */
  probe(): void {
    this.#ping(probeMsMax);
  }

  stop(): void {
    for (const stop of this.#stops.values()) stop();
    this.#stops.clear();
  }

  #pingLater(): void {
    this.#after("ping", this.#parts.heartbeatMs, () => this.#ping(pongMsMax));
  }

  #ping(limitMs: number): void {
    this.#parts.ping();
    const limitAt = this.#parts.clock.now() + limitMs;
    if (limitAt >= this.#limitAt) return;

    this.#limitAt = limitAt;
    this.#after("limit", limitMs, () => this.#die());
  }

  #tick(): void {
    const { clock, idleMsMax } = this.#parts;
    const dueAt = clock.now() + tickMs.every;
    this.#after("tick", tickMs.every, () => {
      const now = clock.now();
      if (now - this.#heardAt > idleMsMax) return this.#die();
      if (now - dueAt > tickMs.lateMax) this.probe();
      return this.#tick();
    });
  }

  #die(): void {
    this.stop();
    this.#parts.dead();
  }

  #after(what: Timer, delayMs: number, callback: () => void): void {
    this.#cancel(what);
    const stop = this.#parts.clock.after(delayMs, () => {
      this.#stops.delete(what);
      callback();
    });
    this.#stops.set(what, stop);
  }

  #cancel(what: Timer): void {
    this.#stops.get(what)?.();
    this.#stops.delete(what);
  }
}

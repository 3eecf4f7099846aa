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

/**
 * Finds out that a socket is dead although it says nothing: pings at every heartbeat and whenever asked, and gives up when nothing at
 * all is heard afterwards. A laptop that slept shows as a tick that comes far too late.
 */
export class Heartbeat {
  readonly #parts: Parts;
  readonly #stops = new Map<"ping" | "limit" | "tick", () => void>();
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
    this.#after("ping", this.#parts.heartbeatMs, () => {
      this.#ping(pongMsMax);
      this.#pingLater();
    });
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

  #after(what: "ping" | "limit" | "tick", delayMs: number, callback: () => void): void {
    this.#cancel(what);
    this.#stops.set(what, this.#parts.clock.after(delayMs, callback));
  }

  #cancel(what: "ping" | "limit" | "tick"): void {
    this.#stops.get(what)?.();
    this.#stops.delete(what);
  }
}

/**
 * What carries bytes between workers.
 *
 * Guarantees: when `subscribe` resolves, everything published afterwards on that topic by anybody reaches `receive` here, or the bus is
 * unhealthy, or has been since. Nothing is promised about order between publishers, and a message may be lost or doubled: streams heal
 * (see `deliver.ts`), the rest is ephemeral. Publishing is heard by the publisher too. `subscribe` and `unsubscribe` take effect in the
 * order in which they were called, whether or not the one before was awaited. `bus-contract.ts` holds every bus to this.
 */
export interface Bus {
  /** Resolves when the bus has taken it; rejects with `BusAway` when only this worker heard it. The bus owns the bytes from the call on. */
  publish(topic: string, bytes: Uint8Array): Promise<void>;
  /** Idempotent. Resolves when the subscription is acknowledged. */
  subscribe(topics: readonly string[]): Promise<void>;
  unsubscribe(topics: readonly string[]): Promise<void>;
  close(): Promise<void>;
  /** While it is not, anything may be lost: streams are compared with PostgreSQL every second, and once more when it is again. */
  readonly isHealthy: boolean;
}

/** Who listens on a bus. Must not throw. */
export interface BusEars {
  /** One function for all topics. */
  receive(topic: string, bytes: Uint8Array): void;
  /** From now on it is healthy, or not, for that reason. */
  changed(isHealthy: boolean, why: string): void;
}

/** What is published while the bus is away; it has said so itself, so nobody need log it. */
export class BusAway extends Error {
  constructor() {
    super("the bus is away");
    this.name = "BusAway";
  }
}

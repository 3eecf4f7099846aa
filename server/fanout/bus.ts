/**
 * What carries bytes between workers.
 *
 * Guarantees: when `subscribe` resolves, everything published afterwards on that topic by anybody reaches `receive` here, or the bus has
 * reported itself unhealthy since. Nothing is promised about order between publishers, and a message may be lost or doubled: streams heal
 * (see `deliver.ts`), the rest is ephemeral. Publishing is heard by the publisher too. `subscribe` and `unsubscribe` take effect in the
 * order in which they were called, whether or not the one before was awaited. `bus-contract.ts` holds every bus to this.
 */
export interface Bus {
  /** Resolves when the bus has taken it; rejects when it could not. The bus owns the bytes from the call on. */
  publish(topic: string, bytes: Uint8Array): Promise<void>;
  /** Idempotent. Resolves when the subscription is acknowledged. */
  subscribe(topics: readonly string[]): Promise<void>;
  unsubscribe(topics: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

/** Who listens on a bus: one function for all topics. Must not throw. */
export type Receive = (topic: string, bytes: Uint8Array) => void;

import { Bucket, Buckets } from "#lib/bucket.ts";
import { isLoopback, networkOf } from "../auth/network.ts";
import { log } from "../observe/log.ts";

/** What one address may have on one worker, from the number of sockets that the operator gives it: an office is one address. */
export function addressRates(socketsPerAddress: number) {
  return {
    /** All of them may come back in one moment, as after a restart. */
    arrivals: { atOnce: socketsPerAddress, perSecond: socketsPerAddress / 50 },
    /** Opening a page asks for four things. */
    requests: { atOnce: 4 * socketsPerAddress, perSecond: socketsPerAddress / 10 },
  } as const;
}

export interface AdmissionSettings {
  readonly socketsPerAddress: number;
  /** Of this worker, whoever they are from. */
  readonly socketsMax: number;
}

/** Why somebody may not come in, and after how many seconds to try again. */
export interface TurnedAway {
  readonly why: "full" | "address";
  readonly retryAfterSeconds: number;
}

const sentences = {
  full: "this worker has as many sockets as its open files allow (ulimit -n): more are turned away",
  address:
    "an address has as many sockets as SOCKETS_PER_ADDRESS allows, or opens them too fast, and is turned away; a proxy belongs into TRUSTED_PROXIES",
} as const;
const warningRate = { atOnce: 1, perSecond: 1 / 60 } as const;

/** Tried again by those who come by themselves, and everybody's client comes back slower each time. */
const fullSeconds = 5;

/**
 * Who comes in by address, on one worker, sockets and streams alike. Synchronous, and so never shared: Bun loses an upgrade that waits.
 *
 * The machine itself is not counted: whoever is on it is past this door, and a proxy there that TRUSTED_PROXIES does not name would make
 * everybody one address.
 */
export class Admission {
  readonly #settings: AdmissionSettings;
  readonly #now: () => number;
  readonly #arrivals: Buckets<string>;
  readonly #requests: Buckets<string>;
  readonly #open = new Map<string, number>();
  /** Who fills a server would fill its log too. */
  readonly #warnings: Bucket;
  #sockets = 0;

  constructor(settings: AdmissionSettings, now: () => number) {
    const { arrivals, requests } = addressRates(settings.socketsPerAddress);
    this.#settings = settings;
    this.#now = now;
    this.#arrivals = new Buckets(arrivals);
    this.#requests = new Buckets(requests);
    this.#warnings = new Bucket(warningRate, now());
  }

  /** Whether one more socket from there has to stay outside; it is counted when it says `opened`. */
  whyNot(address: string): TurnedAway | undefined {
    const { socketsMax, socketsPerAddress } = this.#settings;
    if (this.#sockets >= socketsMax) {
      return this.#turnedAway({ why: "full", retryAfterSeconds: fullSeconds }, { socketsMax });
    }
    if (isLoopback(address)) return undefined;
    const network = networkOf(address);
    if ((this.#open.get(network) ?? 0) >= socketsPerAddress) {
      const refusal = { why: "address", retryAfterSeconds: fullSeconds } as const;
      return this.#turnedAway(refusal, { network, socketsPerAddress });
    }
    const waitMs = this.#arrivals.take(network, 1, this.#now());
    if (waitMs === 0) return undefined;
    const retryAfterSeconds = Math.ceil(waitMs / 1_000);
    return this.#turnedAway({ why: "address", retryAfterSeconds }, { network, socketsPerAddress });
  }

  /** Counts a request: 0, or after how many ms another from there is welcome. */
  request(address: string, cost: number): number {
    if (cost === 0 || isLoopback(address)) return 0;
    return this.#requests.take(networkOf(address), cost, this.#now());
  }

  opened(address: string): void {
    const network = networkOf(address);
    this.#sockets++;
    this.#open.set(network, (this.#open.get(network) ?? 0) + 1);
  }

  closed(address: string): void {
    const network = networkOf(address);
    const left = this.#open.get(network)! - 1;
    this.#sockets--;
    if (left === 0) this.#open.delete(network);
    else this.#open.set(network, left);
  }

  #turnedAway(refusal: TurnedAway, about: object): TurnedAway {
    if (this.#warnings.take(1, this.#now()) === 0) log.warn(sentences[refusal.why], about);
    return refusal;
  }
}

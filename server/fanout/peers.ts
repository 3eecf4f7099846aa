import { randomBytes } from "node:crypto";
import { log } from "../observe/log.ts";
import { type Bus, BusAway } from "./bus.ts";
import { peersTopic } from "./topic.ts";

export interface PeersParts {
  readonly bus: Bus;
  /** Another worker is gone without having said so: what it committed last it may not have announced. */
  lost(): void;
  /** Where this worker listens: those who listen there too share its clients. */
  readonly place: string;
  /** How many sockets this worker has. */
  sockets(): number;
  /** Monotonic milliseconds. */
  now(): number;
}

/** What is known of another worker. */
interface Peer {
  readonly heardAtMs: number;
  readonly place: string;
  readonly sockets: number;
}

/** Three words missed of one per second, and a little patience. */
const silentMsMax = 3_500;

/** Knows the other workers by the word that each of them says every second. */
export class Peers {
  readonly #parts: PeersParts;
  readonly #me = randomBytes(8).toString("hex");
  readonly #peers = new Map<string, Peer>();

  constructor(parts: PeersParts) {
    this.#parts = parts;
  }

  /** Called each second: says that this worker is here, and looks who is not any more. Never rejects. */
  async tell(): Promise<void> {
    const parts = this.#parts;
    const nowMs = parts.now();
    const silent = [...this.#peers].filter(([, { heardAtMs }]) => nowMs - heardAtMs > silentMsMax);
    for (const [name] of silent) this.#peers.delete(name);
    // Of an unhealthy bus nobody is heard, and everything is compared anyway.
    if (silent.length > 0 && parts.bus.isHealthy) parts.lost();
    await this.#say("here");
  }

  /** What the bus brought. */
  heard(bytes: Uint8Array): void {
    const [name = "", word, place = "", sockets] = new TextDecoder().decode(bytes).split(" ");
    if (name === this.#me) return;
    if (word === "gone") this.#peers.delete(name);
    else {
      this.#peers.set(name, { heardAtMs: this.#parts.now(), place, sockets: Number(sockets) });
    }
  }

  /** How many sockets each of the other workers has that listen at the same place. */
  socketsBeside(): number[] {
    return [...this.#peers.values()]
      .filter(({ place }) => place === this.#parts.place)
      .map(({ sockets }) => sockets);
  }

  /** This worker has announced everything and ends. */
  async leave(): Promise<void> {
    await this.#say("gone");
  }

  async #say(word: "here" | "gone"): Promise<void> {
    const parts = this.#parts;
    const said = `${this.#me} ${word} ${parts.place} ${parts.sockets()}`;
    try {
      await parts.bus.publish(peersTopic, new TextEncoder().encode(said));
    } catch (error) {
      if (!(error instanceof BusAway)) log.warn("the other workers were not told", { error });
    }
  }
}

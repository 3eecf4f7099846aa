import { randomBytes } from "node:crypto";
import { log } from "../observe/log.ts";
import { type Bus, BusAway } from "./bus.ts";
import { peersTopic } from "./topic.ts";

export interface PeersParts {
  readonly bus: Bus;
  /** Another worker is gone without having said so: what it committed last it may not have announced. */
  lost(): void;
  /** Monotonic milliseconds. */
  now(): number;
}

/** Three words missed of one per second, and a little patience. */
const silentMsMax = 3_500;

/** Knows the other workers by the word that each of them says every second. */
export class Peers {
  readonly #parts: PeersParts;
  readonly #me = randomBytes(8).toString("hex");
  readonly #heardAtMs = new Map<string, number>();

  constructor(parts: PeersParts) {
    this.#parts = parts;
  }

  /** Called each second: says that this worker is here, and looks who is not any more. Never rejects. */
  async tell(): Promise<void> {
    const parts = this.#parts;
    const nowMs = parts.now();
    const silent = [...this.#heardAtMs].filter(([, atMs]) => nowMs - atMs > silentMsMax);
    for (const [peer] of silent) this.#heardAtMs.delete(peer);
    // Of an unhealthy bus nobody is heard, and everything is compared anyway.
    if (silent.length > 0 && parts.bus.isHealthy) parts.lost();
    await this.#say("here");
  }

  /** What the bus brought. */
  heard(bytes: Uint8Array): void {
    const [peer = "", word] = new TextDecoder().decode(bytes).split(" ");
    if (peer === this.#me) return;
    if (word === "gone") this.#heardAtMs.delete(peer);
    else this.#heardAtMs.set(peer, this.#parts.now());
  }

  /** This worker has announced everything and ends. */
  async leave(): Promise<void> {
    await this.#say("gone");
  }

  async #say(word: "here" | "gone"): Promise<void> {
    try {
      await this.#parts.bus.publish(peersTopic, new TextEncoder().encode(`${this.#me} ${word}`));
    } catch (error) {
      if (!(error instanceof BusAway)) log.warn("the other workers were not told", { error });
    }
  }
}

import { type ReadonlySignal, signal } from "@preact/signals";

import type { Clock } from "../store/clock.ts";
import type { Link } from "../store/model.ts";

/** A break that is over before this is not worth a word; a return that was awaited is said for as long. */
const saidMs = 1_500;

type SignedOut = Extract<Link, { state: "signed_out" }>["why"];

/** What the page says about its standing to the server, and when it says it. */
export class LinkLine {
  readonly #clock: Clock;
  readonly #link = signal<Link>({ state: "connecting" });
  #stop = (): void => undefined;
  /** Whether the break is shown by now, and what is shown then. */
  #isShown = false;
  #broken: Link = { state: "offline" };

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get signal(): ReadonlySignal<Link> {
    return this.#link;
  }

  /** The first connection, or the first after signing in. */
  connecting(): void {
    this.#isShown = false;
    this.#broken = { state: "offline" };
    this.#say({ state: "connecting" }, () => this.#show());
  }

  opened(): void {
    if (!this.#isShown) return this.#say({ state: "open" });
    this.#isShown = false;
    this.#say({ state: "restored" }, () => this.#say({ state: "open" }));
  }

  broke(): void {
    const { state } = this.#link.peek();
    if (state !== "open" && state !== "restored") return; // Still broken, and already said or about to be.
    this.#broken = { state: "offline" };
    this.#say({ state: "quiet" }, () => this.#show());
  }

  /** When the next attempt is made; nothing where the browser itself says that there is no network. */
  waiting(retryAtMs: number | undefined): void {
    this.#broken = retryAtMs === undefined ? { state: "offline" } : { state: "waiting", retryAtMs };
    if (this.#isShown) this.#link.value = this.#broken;
  }

  outdated(): void {
    this.#say({ state: "outdated" });
  }

  signedOut(why: SignedOut): void {
    this.#say({ state: "signed_out", why });
  }

  /** Says nothing more by itself. */
  rest(): void {
    this.#stop();
  }

  #show(): void {
    this.#isShown = true;
    this.#link.value = this.#broken;
  }

  #say(link: Link, afterwards?: () => void): void {
    this.#stop();
    this.#link.value = link;
    this.#stop = afterwards ? this.#clock.after(saidMs, afterwards) : () => undefined;
  }
}

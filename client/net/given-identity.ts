import { signal } from "@preact/signals";

import type { Me } from "../store/model.ts";
import type { Fetch, Identity, SignedOut, Token } from "./identity.ts";
import type { Log } from "./log.ts";

const answerMsMax = 10_000;

interface Parts {
  readonly fetch: Fetch;
  readonly log: Log;
  /** A token of the host application; asked whenever one is needed, so that whoever gives it may keep it or make another. */
  readonly give: (want: { fresh: boolean }) => string | Promise<string>;
}

/** Somebody for whom a host application vouches: it gives the tokens, and the server says who that is. */
export class GivenIdentity implements Identity {
  readonly #parts: Parts;
  readonly #me = signal<Me | undefined>(undefined);
  readonly #out = signal<SignedOut | undefined>(undefined);

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  get me() {
    return this.#me;
  }

  get out() {
    return this.#out;
  }

  async token(want = { fresh: false }): Promise<Token> {
    const { give, log } = this.#parts;
    try {
      const token = await give(want);
      return this.#me.peek() ? { token } : await this.#ask(token);
    } catch (error) {
      log("the host application gave no token", error);
      return { refused: "unreachable" };
    }
  }

  ended(why: SignedOut): void {
    this.#me.value = undefined;
    this.#out.value = why;
  }

  /** Signs out of this page; what the host does with its own session is its affair. */
  async signOut(): Promise<void> {
    this.ended("left");
  }

  async #ask(token: string): Promise<Token> {
    const response = await this.#parts.fetch("/api/v1/account", {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(answerMsMax),
    });
    if (response.ok) {
      this.#me.value = (await response.json()) as Me;
      return { token };
    }
    if (response.status !== 401 && response.status !== 403) return { refused: "unreachable" };
    this.ended(response.status === 403 ? "inactive" : "expired");
    return { refused: "signed_out" };
  }
}

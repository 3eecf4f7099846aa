import { effect, type ReadonlySignal } from "@preact/signals";

import { setupLink } from "../../server/auth/setup.ts";
import type { Person } from "../../server/test/people.ts";
import type { TestServer } from "../../server/test/start-server.ts";
import { type Client, startClient } from "../sdk/client.ts";
import type { Surroundings } from "../sdk/surroundings.ts";
import { systemClock } from "../store/clock.ts";
import type { ChannelLine, Conversation, Me, ShownMessage } from "../store/model.ts";

/** Resolves as soon as the signal has a value that is accepted; with that value. */
export function until<Value, Found extends Value>(
  signal: ReadonlySignal<Value>,
  accepts: (value: Value) => value is Found,
): Promise<Found>;
export function until<Value>(
  signal: ReadonlySignal<Value>,
  accepts: (value: Value) => boolean,
): Promise<Value>;
export function until<Value>(
  signal: ReadonlySignal<Value>,
  accepts: (value: Value) => boolean,
): Promise<Value> {
  const { promise, resolve } = Promise.withResolvers<Value>();
  const dispose = effect(() => {
    if (accepts(signal.value)) resolve(signal.value);
  });
  return promise.finally(dispose);
}

/** A browser without a window: cookies, storage, and any number of pages. */
export class Browser {
  readonly #origin: string;
  readonly #cookies = new Map<string, string>();
  readonly #storage = new Map<string, string>();

  constructor(origin: string) {
    this.#origin = origin;
  }

  /** A page of this browser; `changes` replaces what it finds around it. */
  open(changes: Partial<Surroundings> = {}): Page {
    return new Page({
      address: this.#origin,
      fetch: (path, init) => this.#fetch(path, init),
      WebSocket,
      clock: systemClock,
      random: Math.random,
      log: () => undefined,
      storage: this.#asStorage(),
      locks: undefined,
      isOnline: () => true,
      watch: () => () => undefined,
      watchTouches: () => () => undefined,
      ...changes,
    });
  }

  async #fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set("origin", this.#origin);
    headers.set(
      "cookie",
      Array.from(this.#cookies, ([name, value]) => `${name}=${value}`).join("; "),
    );
    const response = await fetch(`${this.#origin}${path}`, { ...init, headers });
    for (const cookie of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      if (/max-age=0(;|$)/i.test(cookie)) this.#cookies.delete(name!);
      else this.#cookies.set(name!, value!);
    }
    return response;
  }

  #asStorage(): Storage {
    const storage = this.#storage;
    return {
      getItem: (key: string) => storage.get(key) ?? null,
      setItem: (key: string, value: string) => void storage.set(key, value),
      removeItem: (key: string) => void storage.delete(key),
    } as Storage;
  }
}

/** One client as a page would hold it, and what a person sees there. */
export class Page implements Disposable {
  readonly client: Client;

  constructor(surroundings: Surroundings) {
    this.client = startClient(surroundings);
  }

  get model(): Client["model"] {
    return this.client.model;
  }

  async isSignedIn(): Promise<Me> {
    return until(this.model.me, (me): me is Me => me !== undefined);
  }

  /** Waits for the list, in the order in which it is shown. */
  async lines(
    accepts: (lines: readonly ChannelLine[]) => boolean,
  ): Promise<readonly ChannelLine[]> {
    const found = await until(
      this.model.channels,
      (lines) => lines !== undefined && accepts(lines),
    );
    return found!;
  }

  /** Waits until the open channel shows what is accepted. */
  async shows(accepts: (shown: Conversation) => boolean): Promise<Conversation> {
    const found = await until(
      this.model.conversation,
      (shown) => typeof shown === "object" && accepts(shown),
    );
    return found as Conversation;
  }

  /** Waits until exactly these bodies are shown, all of them stored. */
  async showsStored(...bodies: string[]): Promise<readonly ShownMessage[]> {
    const { messages } = await this.shows(
      (shown) =>
        shown.messages.every(
          ({ delivery: { state } }) => state !== "sending" && state !== "refused",
        ) &&
        shown.messages.length >= bodies.length &&
        bodies.every((body, index) => shown.messages[index]!.body === body),
    );
    return messages;
  }

  [Symbol.dispose](): void {
    this.client.stop();
  }
}

/** The owner by the set-up link, in a browser of their own. */
export async function setUpOwner(server: TestServer, person: Person): Promise<Browser> {
  const browser = new Browser(server.url);
  using page = browser.open();
  const code = new URL((await setupLink(server.sql, server.url))!).hash.slice("#code=".length);
  const me = await page.client.accounts.setUp({ code, ...person });
  if ("problem" in me) throw new Error(me.detail);
  return browser;
}

/** A member by an invitation of the owner, in a browser of their own. */
export async function inviteMember(
  server: TestServer,
  owner: Browser,
  person: Person,
): Promise<Browser> {
  using ownersPage = owner.open();
  const invitation = await ownersPage.client.accounts.invite({ usesMax: 1, expiresInHours: 1 });
  if ("problem" in invitation) throw new Error(invitation.detail);
  const code = new URL(invitation.link!).hash.slice("#code=".length);
  const browser = new Browser(server.url);
  using page = browser.open();
  const me = await page.client.accounts.accept({ code, ...person });
  if ("problem" in me) throw new Error(me.detail);
  return browser;
}

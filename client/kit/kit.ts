import { effect } from "@preact/signals";

import type { Seq } from "#wire/ids.ts";

import { GivenIdentity } from "../net/given-identity.ts";
import { start, type Started } from "../sdk/start.ts";
import { browserSurroundings, type Surroundings } from "../sdk/surroundings.ts";
import type { ChannelLine, Link, Me, ShownMessage } from "../store/model.ts";

export { api } from "./api.ts";

export interface KitOptions {
  /** Parley's address, such as "https://chat.example.org". */
  readonly url: string;
  /** A token that the host application has signed for whoever looks at the page; asked for whenever one is needed. */
  readonly token: (want: { fresh: boolean }) => string | Promise<string>;
  /** The text id of the channel to open, such as "dm-1-2". */
  readonly channel?: string;
  /** Unless false it connects at once. */
  readonly autoConnect?: boolean;
  /** Each new message of the open channel, once, in order: also those that came while the connection was away. */
  readonly onMessage?: (message: ShownMessage) => void;
}

/** What a page shows; a new object whenever something has changed. */
export interface KitState {
  readonly isConnected: boolean;
  readonly link: Link["state"];
  readonly me: Me | undefined;
  /** Sorted by activity, newest first. */
  readonly channels: readonly ChannelLine[];
  readonly unreadTotal: number;
  /** Of the open channel, oldest first. */
  readonly messages: readonly ShownMessage[];
  /** Who is writing in it. */
  readonly typing: readonly { readonly id: number; readonly name: string }[];
}

const nothing: KitState = {
  isConnected: false,
  link: "signed_out",
  me: undefined,
  channels: [],
  unreadTotal: 0,
  messages: [],
  typing: [],
};

/**
 * One page's connection, for pages of a host application: it carries everything, comes back by itself, and sends what was written
 * meanwhile. `get` and `subscribe` are what React's `useSyncExternalStore` takes.
 */
export class Kit {
  readonly #options: KitOptions;
  readonly #surroundings: Surroundings;
  readonly #listeners = new Set<() => void>();
  #started: Started | undefined;
  #dispose = (): void => undefined;
  #state = nothing;
  #channel: string | undefined;
  /** The newest message of the open channel that was handed out; undefined until it is loaded. */
  #handedOut: { readonly channel: string; readonly seq: Seq } | undefined;

  constructor(options: KitOptions, surroundings: Surroundings) {
    this.#options = options;
    this.#surroundings = surroundings;
    this.#channel = options.channel;
  }

  readonly get = (): KitState => this.#state;

  /** Calls back at every change; what it returns ends that. */
  readonly subscribe = (changed: () => void): (() => void) => {
    this.#listeners.add(changed);
    return () => this.#listeners.delete(changed);
  };

  connect(): void {
    if (this.#started) return;
    const { fetch, log } = this.#surroundings;
    const identity = new GivenIdentity({ fetch, log, give: this.#options.token });
    const started = start(this.#surroundings, identity);
    this.#started = started;
    if (this.#channel !== undefined) started.model.openChannel(this.#channel);
    this.#dispose = effect(() => this.#look(started));
    started.begin();
  }

  /** Ends the connection; `connect` begins anew. What was written and not sent yet is sent then. */
  disconnect(): void {
    this.#dispose();
    this.#started?.stop();
    this.#started = undefined;
    this.#tell(nothing);
  }

  /** Opens another channel by its text id. */
  open(channel: string): void {
    this.#channel = channel;
    this.#handedOut = undefined;
    this.#started?.model.openChannel(channel);
  }

  /** Says something in the open channel: shown at once, sent as soon as possible. False while no channel is open. */
  send(body: string): boolean {
    const open = this.#open;
    if (open) this.#started!.model.say(open.channel.id, body);
    return open !== undefined;
  }

  /** To be called at every keystroke. */
  typing(): void {
    const open = this.#open;
    if (open) this.#started!.model.types(open.channel.id);
  }

  /** Everything in the open channel was on the screen. */
  read(): void {
    const open = this.#open;
    const newest = open?.messages.findLast(({ seq }) => seq > 0);
    if (open && newest) this.#started!.model.saw(open.channel.id, newest.seq);
  }

  get #open() {
    const open = this.#started?.model.conversation.peek();
    return typeof open === "object" ? open : undefined;
  }

  #look({ model }: Started): void {
    const { state } = model.link.value;
    const shown = model.conversation.value;
    const open = typeof shown === "object" ? shown : undefined;
    this.#tell({
      isConnected: state === "open" || state === "restored",
      link: state,
      me: model.me.value,
      channels: model.channels.value ?? [],
      unreadTotal: model.unreadTotal.value,
      messages: open?.messages ?? [],
      typing: open?.typing ?? [],
    });
    if (open?.loaded) this.#handOut(open.channel.textId, open.messages);
  }

  #handOut(channel: string, messages: readonly ShownMessage[]): void {
    const stored = messages.filter(({ seq }) => seq > 0);
    const before = this.#handedOut?.channel === channel ? this.#handedOut.seq : undefined;
    this.#handedOut = { channel, seq: stored.at(-1)?.seq ?? before ?? 0 };
    if (before === undefined) return; // What was there when it was opened is history.
    for (const message of stored) if (message.seq > before) this.#options.onMessage?.(message);
  }

  #tell(state: KitState): void {
    this.#state = state;
    for (const changed of this.#listeners) changed();
  }
}

/** Connects a page of a host application to Parley; the page's origin must stand in CORS_ORIGINS. */
export function connect(options: KitOptions, given?: Surroundings): Kit {
  const address = options.url.replace(/\/+$/, "");
  const kit = new Kit(
    options,
    given ?? {
      ...browserSurroundings(),
      address,
      fetch: (path, init) => fetch(`${address}${path}`, { ...init, credentials: "omit" }),
    },
  );
  if (options.autoConnect !== false) kit.connect();
  return kit;
}

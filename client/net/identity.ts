import type { ReadonlySignal } from "@preact/signals";

import type { Link, Me } from "../store/model.ts";

export type SignedOut = Extract<Link, { state: "signed_out" }>["why"];

export type Token = { readonly token: string } | { readonly refused: "signed_out" | "unreachable" };

export interface TokenSource {
  /** An access token; `fresh` where the last one was refused. Many callers share one question to the server. */
  token(want?: { fresh: boolean }): Promise<Token>;
  /** The server said that this session is over. */
  ended(why: SignedOut): void;
}

/** Who somebody is on this page, and by which token: signed in here, or vouched for by a host application. */
export interface Identity extends TokenSource {
  readonly me: ReadonlySignal<Me | undefined>;
  /** Why nobody is signed in; `undefined` while somebody is, or while that is not known yet. */
  readonly out: ReadonlySignal<SignedOut | undefined>;
  signOut(): Promise<void>;
}

export type Fetch = (path: string, init?: RequestInit) => Promise<Response>;

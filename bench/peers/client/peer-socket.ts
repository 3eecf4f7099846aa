/** One socket at a server, in one channel. */
export interface PeerSocket {
  /** Resolves when the server has it: when it says so, else when what was said is heard. */
  say(body: string): Promise<void>;
  /** The network is gone from one moment to the next. */
  reset(): void;
  /** The same socket anew, with what it takes to hear what was missed. */
  comeBack(): Promise<void>;
  /** Ends what the server would else end by itself, and say so, some time after a run. */
  rest?(): Promise<void>;
  leave(): Promise<void>;
}

export interface Entry {
  readonly url: string;
  readonly channel: number;
  /** A delivery came, by the number of what was said. */
  heard(number: number): void;
}

/** Resolves when the socket hears what is said. */
export type Enter = (entry: Entry) => Promise<PeerSocket>;

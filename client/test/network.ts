import type { Socket, TCPSocketListener } from "bun";

interface Pair {
  readonly browser: Socket<Pair>;
  server: Socket<Pair> | undefined;
  /** What came before the way on was there, or while nothing moves. */
  readonly up: Uint8Array[];
  readonly down: Uint8Array[];
  isFrozen: boolean;
}

/** The network between a browser and a server, with its plugs: a TCP proxy on loopback. */
export class Network implements Disposable {
  readonly url: string;
  readonly #listener: TCPSocketListener<Pair>;
  readonly #pairs = new Set<Pair>();
  readonly #target: URL;
  #isCut = false;
  #cutMs = 0;

  constructor(target: string) {
    this.#target = new URL(target);
    this.#listener = Bun.listen<Pair>({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        open: (browser) => this.#opened(browser),
        data: ({ data: pair }, bytes) => this.#pass(pair, pair.server, pair.up, bytes),
        drain: (browser) => flush(browser, browser.data.down),
        close: ({ data: pair }) => this.#ended(pair),
        error: ({ data: pair }) => this.#ended(pair),
      },
    });
    this.url = `http://127.0.0.1:${this.#listener.port}`;
  }

  /** Every connection is reset, and new ones are refused until `restore`. */
  cut(): void {
    this.#isCut = true;
    this.#cutMs = performance.now();
    for (const pair of this.#pairs) this.#ended(pair);
  }

  /** What is connected now is dead and nobody is told, as after a laptop's sleep; new connections are served. */
  freeze(): void {
    for (const pair of this.#pairs) pair.isFrozen = true;
  }

  /** New connections are served again. */
  restore(): void {
    this.#isCut = false;
  }

  /** The same, when the cut has lasted so long. */
  async restoreAfter(lastedMs: number): Promise<void> {
    await Bun.sleep(Math.max(0, this.#cutMs + lastedMs - performance.now()));
    this.restore();
  }

  [Symbol.dispose](): void {
    this.#listener.stop(true);
  }

  #opened(browser: Socket<Pair>): void {
    const pair: Pair = { browser, server: undefined, up: [], down: [], isFrozen: false };
    browser.data = pair;
    if (this.#isCut) return void browser.terminate();

    this.#pairs.add(pair);
    Bun.connect<Pair>({
      hostname: this.#target.hostname,
      port: Number(this.#target.port),
      data: pair,
      socket: {
        open: (server) => {
          pair.server = server;
          flush(server, pair.up);
        },
        data: (_, bytes) => this.#pass(pair, browser, pair.down, bytes),
        close: () => this.#ended(pair),
        error: () => this.#ended(pair),
        drain: (server) => flush(server, pair.up),
      },
    }).catch(() => this.#ended(pair));
  }

  #pass(pair: Pair, to: Socket<Pair> | undefined, queue: Uint8Array[], bytes: Uint8Array): void {
    queue.push(new Uint8Array(bytes));
    if (to && !pair.isFrozen) flush(to, queue);
  }

  #ended(pair: Pair): void {
    if (!this.#pairs.delete(pair)) return;
    pair.browser.terminate();
    pair.server?.terminate();
  }
}

/** Writes what the kernel takes; the rest goes with the next bytes or when there is room. */
function flush(to: Socket<Pair>, queue: Uint8Array[]): void {
  while (queue.length > 0) {
    const bytes = queue[0]!;
    const written = to.write(bytes);
    if (written < bytes.length) {
      queue[0] = bytes.subarray(Math.max(0, written));
      return;
    }
    queue.shift();
  }
}

import type { Socket } from "bun";

/**
 * A TCP proxy on a free port of 127.0.0.1 that makes the network's bad days: it delays, freezes, resets, and cuts a connection in the
 * middle of an answer. What it is told holds for all connections, present and future, until it is told otherwise.
 */
export interface Proxy extends Disposable {
  readonly port: number;
  /** The same address by way of this proxy. */
  through(url: string): string;
  /** Every chunk takes so long in each direction. */
  setLatency(ms: number): void;
  /** Nothing passes any more, and nobody is told: on no connection, or on none that is open now. */
  freeze(which?: "all" | "open"): void;
  /** What was frozen passes, in order. */
  thaw(): void;
  /** Breaks every connection now. */
  reset(): void;
  /** Breaks every connection, and listens no more until `accept`: new ones are refused. */
  refuse(): void;
  accept(): void;
  /** Like a company's proxy that knows no WebSocket: answers every upgrade with 403, and lets all else pass. */
  blockUpgrades(): void;
  allowUpgrades(): void;
  /** Lets so many more bytes of the server pass, then breaks the connection that brought them; resolves when that has happened. */
  cutAfter(serverBytes: number): Promise<void>;
  /** How many connections were ever opened. */
  readonly opened: number;
}

/** One side of a connection: what is to be written to it, in order. */
interface Side {
  socket: Socket | undefined;
  unwritten: Uint8Array[];
}

interface Cut {
  bytesLeft: number;
  readonly done: () => void;
}

const isUpgrade = (bytes: Uint8Array): boolean =>
  /^GET [^]*\r\nupgrade: websocket\r\n/i.test(Buffer.from(bytes).toString("latin1"));

const forbidden = "HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";

/** Starts one in front of the host and port of `target`, an address of any scheme. */
export function startProxy(target: string): Proxy {
  const { hostname, port: targetPort } = new URL(target);
  const pairs = new Set<Pair>();
  let latencyMs = 0;
  let isFrozen = false;
  let areUpgradesBlocked = false;
  let opened = 0;
  let cut: Cut | undefined;

  class Pair {
    readonly #client: Side = { socket: undefined, unwritten: [] };
    readonly #server: Side = { socket: undefined, unwritten: [] };
    isFrozen = false;

    constructor(client: Socket<Pair>) {
      this.#client.socket = client as unknown as Socket;
      Bun.connect({
        hostname,
        port: Number(targetPort),
        socket: {
          open: (socket) => {
            this.#server.socket = socket;
            if (pairs.has(this)) this.write();
            else socket.terminate();
          },
          data: (_, bytes) => this.#fromServer(bytes),
          drain: () => this.write(),
          close: () => this.end(),
          error: () => this.end(),
        },
      }).catch(() => this.end()); // The target is not there: to the client that is a connection that breaks.
    }

    fromClient(bytes: Uint8Array): void {
      if (areUpgradesBlocked && isUpgrade(bytes)) {
        this.#client.socket?.end(forbidden);
        return;
      }
      this.#later(() => this.#server.unwritten.push(bytes));
    }

    #fromServer(chunk: Uint8Array): void {
      const bytes = Uint8Array.from(chunk);
      if (!cut || bytes.length < cut.bytesLeft) {
        if (cut) cut.bytesLeft -= bytes.length;
        return this.#later(() => this.#client.unwritten.push(bytes));
      }
      const { bytesLeft, done } = cut;
      cut = undefined;
      this.#client.unwritten.push(bytes.subarray(0, bytesLeft));
      this.write();
      this.end();
      done();
    }

    // Equal delays keep the order.
    #later(push: () => void): void {
      const pass = (): void => {
        push();
        this.write();
      };
      if (latencyMs > 0) setTimeout(pass, latencyMs);
      else pass();
    }

    write(): void {
      if (isFrozen || this.isFrozen) return;
      for (const { socket, unwritten } of [this.#client, this.#server]) {
        while (socket && unwritten[0]) {
          const written = Math.max(0, socket.write(unwritten[0]));
          if (written < unwritten[0].length) {
            unwritten[0] = unwritten[0].subarray(written);
            break; // `drain` goes on.
          }
          unwritten.shift();
        }
      }
    }

    end(): void {
      if (!pairs.delete(this)) return;
      this.#client.socket?.terminate();
      this.#server.socket?.terminate();
    }
  }

  const listen = (port: number) =>
    Bun.listen<Pair>({
      hostname: "127.0.0.1",
      port,
      socket: {
        open(socket) {
          opened++;
          socket.data = new Pair(socket);
          pairs.add(socket.data);
        },
        data: (socket, bytes) => socket.data?.fromClient(Uint8Array.from(bytes)),
        drain: (socket) => socket.data?.write(),
        close: (socket) => socket.data?.end(),
        error: (socket) => socket.data?.end(),
      },
    });
  let listener = listen(0);
  const { port } = listener;
  const reset = (): void => {
    for (const pair of pairs) pair.end();
  };
  return {
    port,
    get opened() {
      return opened;
    },
    through: (url) => {
      const address = new URL(url);
      address.hostname = "127.0.0.1";
      address.port = String(port);
      return address.href;
    },
    setLatency: (ms) => {
      latencyMs = ms;
    },
    freeze: (which = "all") => {
      if (which === "all") isFrozen = true;
      else for (const pair of pairs) pair.isFrozen = true;
    },
    thaw: () => {
      isFrozen = false;
      for (const pair of pairs) {
        pair.isFrozen = false;
        pair.write();
      }
    },
    reset,
    refuse: () => {
      listener.stop();
      reset();
    },
    accept: () => {
      listener = listen(port);
    },
    blockUpgrades: () => {
      areUpgradesBlocked = true;
    },
    allowUpgrades: () => {
      areUpgradesBlocked = false;
    },
    cutAfter: (serverBytes) =>
      new Promise((done) => {
        cut = { bytesLeft: serverBytes, done };
      }),
    [Symbol.dispose]: () => {
      reset();
      listener.stop(true);
    },
  };
}

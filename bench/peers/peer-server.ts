import { findWithin } from "#lib/wait.ts";
import type { Cores } from "../load/cores.ts";
import { usageOf } from "../load/processes.ts";
import type { PeerSocket } from "./client/peer-socket.ts";
import { type Contestant, type Shape, type Spent, spentOf } from "./contestant.ts";
import { type Database, startDatabase } from "./databases.ts";
import { Kept } from "./kept.ts";
import type { Peer } from "./peer.ts";

const readyMsMax = 10_000;

/** A peer's server with the databases that it needs, on the same cores as Parley with its own. */
export class PeerServer implements Contestant, AsyncDisposable {
  readonly #peer: Peer;
  readonly #command: readonly string[];
  readonly #cores: Cores | undefined;
  readonly #databases: Database[] = [];
  #kept: Kept | undefined;
  #url = "";
  #members = 1;

  constructor(peer: Peer, command: readonly string[], cores: Cores | undefined) {
    this.#peer = peer;
    this.#command = command;
    this.#cores = cores;
  }

  get title(): string {
    return this.#peer.title;
  }

  spent(): Spent {
    const pids = [this.#kept!.pid, ...this.#databases.map(({ pid }) => pid)];
    return spentOf(pids.map(usageOf));
  }

  /** Starts it: it knows nobody, so there is nothing else to prepare. */
  async prepare({ members }: Shape): Promise<void> {
    this.#members = members;
    await this[Symbol.asyncDispose]();
    for (const need of this.#peer.needs) {
      this.#databases.push(await startDatabase(need, this.#cores));
    }
    await this.#start();
  }

  enter(index: number, heard: (number: number) => void): Promise<PeerSocket> {
    const channel = Math.floor(index / this.#members);
    return this.#peer.enter({ url: this.#url, channel, heard });
  }

  async renew(): Promise<void> {
    await this.#kept?.[Symbol.asyncDispose]();
    await this.#start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#kept?.[Symbol.asyncDispose]();
    for (const database of this.#databases.splice(0)) await database[Symbol.asyncDispose]();
  }

  async #start(): Promise<void> {
    const found = Object.assign(
      { PORT: `${freePort()}` },
      ...this.#databases.map((one) => one.env),
    );
    const { env = () => found, isToldPort = false } = this.#peer;
    const kept = new Kept(this.#command, { cores: this.#cores, env: env(found) });
    this.#kept = kept;
    const port = isToldPort ? await answering(kept, found.PORT) : await kept.firstLine();
    this.#url = `ws://127.0.0.1:${port}`;
  }
}

function freePort(): number {
  const listener = Bun.listen({
    hostname: "127.0.0.1",
    port: 0,
    socket: { data: () => undefined },
  });
  listener.stop(true);
  return listener.port;
}

/** Resolves with the port when somebody answers there. */
async function answering(kept: Kept, port: string): Promise<string> {
  const url = `http://127.0.0.1:${port}/`;
  const isUp = async () =>
    kept.hasEnded ||
    (await fetch(url).then(
      () => true,
      () => undefined, // Nobody listens yet.
    ));
  await findWithin(readyMsMax, isUp);
  if (kept.hasEnded) throw new Error("it ended before it was ready");
  return port;
}

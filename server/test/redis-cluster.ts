import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import calculateSlot from "cluster-key-slot";
import { findWithin } from "#lib/wait.ts";
import { connectRedis } from "../fanout/redis.ts";
import { keeping, redisProgram } from "./redis.ts";

const settledMsMax = 15_000;

interface Node {
  readonly port: number;
  /** By which the servers speak to each other. */
  readonly busPort: number;
  readonly directory: string;
  readonly id: string;
  readonly pid: number;
  readonly keeper: Bun.Subprocess<"pipe", "pipe">;
}

/** Three primaries that share the slots, on loopback, with plugs that can be pulled. */
export class TestCluster implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), "parley-cluster-"));
  readonly #nodes: Node[] = [];

  static async start(): Promise<TestCluster> {
    const cluster = new TestCluster();
    for (let at = 0; at < 3; at++) cluster.#nodes.push(await cluster.#begin(at));
    const [first, ...others] = cluster.#nodes;
    const third = Math.ceil(16_384 / 3);
    for (const [at, { port }] of cluster.#nodes.entries()) {
      const to = Math.min(16_383, (at + 1) * third - 1);
      await ask(port, "cluster", "addslotsrange", `${at * third}`, `${to}`);
    }
    for (const { port, busPort } of others) {
      await ask(first!.port, "cluster", "meet", "127.0.0.1", `${port}`, `${busPort}`);
    }
    await cluster.settles();
    return cluster;
  }

  get url(): string {
    const servers = this.#nodes.map(({ port }) => `127.0.0.1:${port}`);
    return `redis+cluster://${servers.join(",")}`;
  }

  /** Which of the three holds a key. */
  async holderOf(key: string): Promise<number> {
    const slot = calculateSlot(key);
    const slots = (await ask(this.#nodes[0]!.port, "cluster", "slots")) as [
      number,
      number,
      [string, number],
    ][];
    const [, , [, port]] = slots.find(([from, to]) => from <= slot && slot <= to)!;
    return this.#nodes.findIndex((node) => node.port === port);
  }

  async kill(at: number): Promise<void> {
    const node = this.#nodes[at]!;
    process.kill(node.pid, "SIGKILL");
    await node.keeper.stdin.end();
    await node.keeper.exited;
  }

  /** Forgets what is in it, and nobody's connection ends. */
  async empty(at: number): Promise<void> {
    await ask(this.#nodes[at]!.port, "flushall");
  }

  /** It comes back with its slots; what was in it is gone. */
  async startAgain(at: number): Promise<void> {
    this.#nodes[at] = await this.#begin(at, this.#nodes[at]);
    await this.settles();
  }

  /** Moves a key's slot to another server, in place, as an operator does it: key by key, while it is used. */
  async moveSlot(key: string, to: number): Promise<void> {
    const slot = `${calculateSlot(key)}`;
    const [source, target] = [this.#nodes[await this.holderOf(key)]!, this.#nodes[to]!];
    await ask(target.port, "cluster", "setslot", slot, "importing", source.id);
    await ask(source.port, "cluster", "setslot", slot, "migrating", target.id);
    for (;;) {
      const keys = (await ask(source.port, "cluster", "getkeysinslot", slot, "100")) as string[];
      if (keys.length === 0) break;
      await ask(
        source.port,
        "migrate",
        "127.0.0.1",
        `${target.port}`,
        "",
        "0",
        "1000",
        "keys",
        ...keys,
      );
    }
    for (const { port } of [target, source, ...this.#nodes]) {
      await ask(port, "cluster", "setslot", slot, "node", target.id);
    }
  }

  /** Resolves when all three agree that all slots are held. */
  async settles(): Promise<void> {
    const isWell = async ({ port }: Node) => {
      const info = String(await ask(port, "cluster", "info").catch(() => ""));
      return /cluster_state:ok/.test(info) && /cluster_known_nodes:3/.test(info);
    };
    const settled = await findWithin(settledMsMax, async () =>
      (await Promise.all(this.#nodes.map(isWell))).every(Boolean) ? true : undefined,
    );
    if (!settled) throw new Error("The test's cluster did not come up");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { pid, keeper } of this.#nodes) {
      if (keeper.exitCode === null) process.kill(pid, "SIGKILL");
      await keeper.stdin.end();
      await keeper.exited;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }

  async #begin(at: number, before?: Node): Promise<Node> {
    const directory = before?.directory ?? join(this.#directory, `${at}`);
    mkdirSync(directory, { recursive: true });
    const port = before?.port ?? (await freePort());
    const busPort = before?.busPort ?? (await freePort());
    const options = {
      port,
      bind: "127.0.0.1",
      save: "",
      appendonly: "no",
      "cluster-enabled": "yes",
      "cluster-port": busPort,
      "cluster-config-file": "nodes.conf",
      "cluster-node-timeout": 1_000,
    };
    const words = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
    const keeper = Bun.spawn(["sh", "-c", keeping, "sh", redisProgram!, ...words], {
      cwd: directory,
      stdio: ["pipe", "pipe", "ignore"],
    });
    const { value } = await keeper.stdout.getReader().read();
    const pid = Number(new TextDecoder().decode(value));
    const id = await findWithin(settledMsMax, () =>
      ask(port, "cluster", "myid").then(String, () => undefined),
    );
    if (id === undefined) throw new Error("A server of the test's cluster did not come up");
    return { port, busPort, directory, id, pid, keeper };
  }
}

/** One command on a connection of its own, to that server alone. */
async function ask(port: number, command: string, ...words: string[]): Promise<unknown> {
  const connection = connectRedis(`redis://127.0.0.1:${port}`);
  try {
    await new Promise((resolve, reject) => {
      connection.once("ready", resolve);
      connection.once("close", () => reject(new Error("Redis is away")));
    });
    return await connection.call(command, ...words);
  } finally {
    connection.disconnect();
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}

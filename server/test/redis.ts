import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findWithin } from "#lib/wait.ts";
import { connectRedis } from "../fanout/redis.ts";

const programs = ["redis-server", "valkey-server"];
const startMsMax = 5_000;

/** Ends it when whoever started it is gone, however that came about; says its number first. */
export const keeping = '"$@" >/dev/null 2>&1 & echo $!; cat >/dev/null; kill -9 $! 2>/dev/null';

/** The program of this machine; undefined where there is none. */
export const redisProgram = programs.map((name) => Bun.which(name)).find((path) => path !== null);

/** A Redis of one test's own, on a private socket, with every plug that can be pulled. */
export class TestRedis implements AsyncDisposable {
  readonly #directory = mkdtempSync(join(tmpdir(), "parley-redis-"));
  readonly url = `unix:${join(this.#directory, "redis.sock")}`;
  #keeper!: Bun.Subprocess<"pipe", "pipe">;
  #pid = 0;

  static async start(): Promise<TestRedis> {
    const redis = new TestRedis();
    await redis.startAgain();
    return redis;
  }

  /** Empty, as after a machine's reboot. Resolves when it answers. */
  async startAgain(): Promise<void> {
    const socket = join(this.#directory, "redis.sock");
    const options = ["--port", "0", "--unixsocket", socket, "--save", "", "--appendonly", "no"];
    this.#keeper = Bun.spawn(["sh", "-c", keeping, "sh", redisProgram!, ...options], {
      cwd: this.#directory,
      stdio: ["pipe", "pipe", "ignore"],
    });
    const { value } = await this.#keeper.stdout.getReader().read();
    this.#pid = Number(new TextDecoder().decode(value));
    const answers = await findWithin(startMsMax, async () =>
      (await this.ask("ping").catch(() => undefined)) === "PONG" ? true : undefined,
    );
    if (!answers) throw new Error("The test's Redis did not come up");
  }

  /** Safe to repeat. */
  async kill(): Promise<void> {
    if (this.#pid === 0) return;
    process.kill(this.#pid, "SIGKILL");
    this.#pid = 0;
    await this.#keeper.stdin.end();
    await this.#keeper.exited;
  }

  /** It holds every connection and answers nothing. */
  freeze(): void {
    process.kill(this.#pid, "SIGSTOP");
  }

  thaw(): void {
    process.kill(this.#pid, "SIGCONT");
  }

  /** Breaks every connection of others; new ones are taken. */
  async cut(): Promise<void> {
    await this.ask("client", "kill", "type", "normal", "skipme", "yes");
    await this.ask("client", "kill", "type", "pubsub");
  }

  /** One command on a connection of its own. */
  async ask(command: string, ...words: string[]): Promise<unknown> {
    const connection = connectRedis(this.url);
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

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findWithin, pause, within } from "#lib/wait.ts";
import { endProcess, markOf, type ProcessMark } from "./processes.ts";
import { StartRefused } from "./refused.ts";

/** A program of this machine that speaks Redis. */
export interface RedisProgram {
  readonly path: string;
  readonly version: string;
}

const names = ["redis-server", "valkey-server"];

/** What PATH offers; undefined where there is nothing, or nothing that says its version. */
export function findRedis(path: string | undefined): RedisProgram | undefined {
  for (const name of names) {
    const found = Bun.which(name, path === undefined ? {} : { PATH: path });
    if (found === null) continue;
    const said = Bun.spawnSync([found, "--version"], { stderr: "ignore" }).stdout.toString();
    const version = /\bv=(\S+)/.exec(said)?.[1];
    if (version !== undefined) return { path: found, version };
  }
  return undefined;
}

interface Options {
  readonly program: RedisProgram;
  /** Where the private socket's directory is made, unless that path is too long for a socket. */
  readonly runDir: string;
  /** It began, for the first time or again. */
  onStart(mark: ProcessMark): void;
  /** It ended by itself; its return is seen to. */
  onEnd(): void;
}

const socketPathBytesMax = 100; // The kernel takes 107 here, 103 on macOS.
const readyMsMax = 5_000;
const stopMsMax = 500;
const backoffMs = { first: 200, max: 5_000 };

/**
 * Runs Redis beneath a shell that ends it when our pipe does: whoever kills us has ended it too. With -9, for there is nothing to save and a
 * process that is stopped takes no other. The first line is its number.
 */
const keeping = `exec 3<&0
"$@" </dev/null >/dev/null 2>&1 3<&- & redis=$!
echo $redis
{ cat <&3 >/dev/null; kill -9 $redis; } 2>/dev/null & watch=$!
wait $redis
kill $watch 2>/dev/null`;

/** A Redis of our own between the workers: on a private socket, keeping nothing, started again when it dies. Losing it loses no message. */
export class EmbeddedRedis {
  /** The same for its whole life. */
  readonly url: string;
  readonly #options: Options;
  readonly #directory: string;
  #shell: Bun.Subprocess<"pipe", "pipe"> | undefined;
  #mark: ProcessMark | undefined;
  #isStopping = false;

  private constructor(options: Options) {
    this.#options = options;
    this.#directory = chooseDirectory(options.runDir);
    this.url = `unix:${this.#socket}`;
  }

  /** Resolves when it answers. */
  static async start(options: Options): Promise<EmbeddedRedis> {
    const redis = new EmbeddedRedis(options);
    if (await redis.#spawn()) {
      void redis.#watch();
      return redis;
    }
    await redis.stop();
    throw new StartRefused(
      `${options.program.path} does not start: see to it, or set WORKERS=1 to do without.`,
    );
  }

  /** Resolves when it is gone. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    await this.#end();
    rmSync(this.#directory, { recursive: true, force: true });
  }

  get #socket(): string {
    return join(this.#directory, "redis.sock");
  }

  async #spawn(): Promise<boolean> {
    const flags = {
      port: ["0"],
      unixsocket: [this.#socket],
      unixsocketperm: ["700"],
      save: [""],
      appendonly: ["no"],
      // A worker that stands still for a moment in a burst is not cut off.
      "client-output-buffer-limit": ["pubsub", "64mb", "32mb", "60"],
    };
    const words = Object.entries(flags).flatMap(([name, values]) => [`--${name}`, ...values]);
    // In a session of its own: Ctrl-C goes to the whole foreground group, and workers still drain.
    const shell = Bun.spawn(["sh", "-c", keeping, "sh", this.#options.program.path, ...words], {
      cwd: this.#directory,
      detached: true,
      stdio: ["pipe", "pipe", "ignore"],
    });
    this.#shell = shell;
    const reader = shell.stdout.getReader();
    const first = await within(readyMsMax, reader.read());
    this.#mark = markOf(Number(new TextDecoder().decode(first?.value)));
    if (this.#mark) this.#options.onStart(this.#mark);
    const answers = await findWithin(readyMsMax, async () =>
      shell.exitCode !== null ? false : (await isAnswering(this.#socket)) || undefined,
    );
    return answers === true;
  }

  async #watch(): Promise<void> {
    let delayMs = backoffMs.first;
    while (!this.#isStopping) {
      await this.#shell?.exited;
      if (this.#isStopping) return;

      this.#options.onEnd();
      await this.#end();
      await pause(delayMs);
      if (this.#isStopping) return;
      const isUp = await this.#spawn();
      delayMs = isUp ? backoffMs.first : Math.min(backoffMs.max, delayMs * 2);
    }
  }

  async #end(): Promise<void> {
    await this.#shell?.stdin.end();
    if (this.#mark) await endProcess(this.#mark, [["SIGKILL", stopMsMax]]);
    if (this.#shell) await within(stopMsMax, this.#shell.exited);
  }
}

async function isAnswering(socket: string): Promise<boolean> {
  const answer = Promise.withResolvers<boolean>();
  try {
    const connection = await Bun.connect({
      unix: socket,
      socket: {
        open: (one) => void one.write("PING\r\n"),
        data: (_, bytes) => answer.resolve(bytes.toString().startsWith("+PONG")),
        close: () => answer.resolve(false),
        error: () => answer.resolve(false),
      },
    });
    const isPong = await answer.promise;
    connection.end();
    return isPong;
  } catch {
    return false; // Nobody listens yet.
  }
}

function chooseDirectory(runDir: string): string {
  const near = join(runDir, "redis");
  if (Buffer.byteLength(join(near, "redis.sock")) >= socketPathBytesMax) {
    return mkdtempSync(join(tmpdir(), "parley-redis-"));
  }
  rmSync(near, { recursive: true, force: true });
  mkdirSync(near, { mode: 0o700 });
  return near;
}

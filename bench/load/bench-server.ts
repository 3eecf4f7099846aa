import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { type Cores, onServerCores } from "./cores.ts";
import { type Usage, usageOf } from "./processes.ts";
import { HostPeople } from "./host-people.ts";
import { type Written, writtenIn } from "./written.ts";

interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly url?: string;
}

interface StartOptions {
  readonly workers: number;
  readonly cores: Cores | undefined;
  readonly profile?: string;
}

const root = join(import.meta.dir, "../..");

/**
 * The server as `npm start` has it, supervisor, workers, embedded PostgreSQL and Redis, on a data directory of its own that is gone with it.
 * People come in by tokens of a host application, which is the load.
 */
export class BenchServer implements AsyncDisposable {
  /** What it complained of, each sentence with how often. */
  readonly complaints = new Map<string, number>();
  readonly people: HostPeople;
  readonly #child: Bun.Subprocess<"ignore", "pipe", "inherit">;
  readonly #place: string;
  readonly #ready = Promise.withResolvers<string>();
  #replaced = Promise.withResolvers<void>();
  #url = "";

  private constructor({ workers, cores, profile = "" }: StartOptions) {
    const host = { secret: crypto.randomUUID(), issuer: "bench", audience: "parley" };
    this.people = new HostPeople(host);
    this.#place = mkdtempSync(join(tmpdir(), "parley-bench-"));
    // Under root PostgreSQL runs as another user, who has to pass.
    chmodSync(this.#place, 0o755);
    if (profile !== "") mkdirSync(profile, { recursive: true });
    this.#child = Bun.spawn(onServerCores([process.execPath, "server/main.ts"], cores), {
      cwd: root,
      env: {
        PATH: process.env["PATH"],
        HOME: process.env["HOME"],
        HOST: "127.0.0.1",
        PORT: "0",
        DATA_DIR: join(this.#place, "data"),
        WORKERS: `${workers}`,
        // How fast one person may go is not what is asked.
        MESSAGES_PER_SECOND: "1000000",
        COMMANDS_PER_SECOND: "1000000",
        HOST_JWT_SECRET: host.secret,
        HOST_ISSUER: host.issuer,
        HOST_AUDIENCE: host.audience,
        ...(profile !== "" && {
          BUN_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(profile)}`,
        }),
      },
      stdio: ["ignore", "pipe", "inherit"],
      // Nothing is said there: it ends with us, however we end, and the server with it.
      ipc: () => undefined,
    });
    void this.#read();
    void this.#child.exited.then((code) =>
      this.#ready.reject(new Error(`The server ended by itself, with ${code}: ${this.#said()}`)),
    );
  }

  static async start(options: StartOptions): Promise<BenchServer> {
    const server = new BenchServer(options);
    try {
      server.#url = await server.#ready.promise;
    } catch (error) {
      server.#remove();
      throw error;
    }
    return server;
  }

  get url(): string {
    return this.#url;
  }

  /** What all its processes have used until now. */
  usage(): Usage {
    return usageOf(this.#child.pid);
  }

  /** What its database has written until now. */
  written(): Promise<Written> {
    return writtenIn(join(this.#place, "data"));
  }

  /** Resolves when new workers have taken the places of all. */
  async replaceWorkers(): Promise<void> {
    this.#replaced = Promise.withResolvers();
    this.#child.kill("SIGUSR2");
    await this.#replaced.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.exited;
    this.#remove();
  }

  #remove(): void {
    rmSync(this.#place, { recursive: true, force: true });
  }

  #said(): string {
    return [...this.complaints.keys()].join(" ");
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const text of this.#child.stdout.pipeThrough(new TextDecoderStream())) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      for (const line of lines) this.#hear(JSON.parse(line) as LogLine);
    }
  }

  #hear({ level, msg, url }: LogLine): void {
    if (msg === "Parley is ready" && url !== undefined) this.#ready.resolve(url);
    if (msg === "All workers were replaced") this.#replaced.resolve();
    if (["warn", "error", "fatal"].includes(level)) {
      this.complaints.set(msg, (this.complaints.get(msg) ?? 0) + 1);
    }
  }
}

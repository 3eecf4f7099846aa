import { join } from "node:path";
import { within } from "#lib/wait.ts";

/** What the supervisor says about itself when it is ready. */
export interface ReadyFacts {
  readonly url: string;
  readonly link?: string;
  readonly dataDir: string;
  readonly version: string;
  readonly moved?: string;
  readonly lanUrl?: string;
}

/** One line of its log. */
export interface LogLine {
  readonly level: string;
  readonly msg: string;
  readonly ms?: number;
}

const root = join(import.meta.dir, "../..");
const readyMsMax = 60_000;

/** A supervisor as a process of its own, heard through its log. */
export class TestSupervisor implements AsyncDisposable {
  readonly process: Bun.Subprocess<"ignore", "pipe", "pipe">;
  readonly lines: LogLine[] = [];
  readonly #ended: Promise<void>;
  #waiting: (() => void)[] = [];

  constructor(
    env: Readonly<Record<string, string>>,
    cmd: readonly string[] = [process.execPath, "server/main.ts"],
    options: { readonly cwd?: string; readonly uid?: number; readonly gid?: number } = {},
  ) {
    this.process = Bun.spawn([...cmd], {
      cwd: root,
      ...options,
      env: {
        PATH: process.env["PATH"] ?? "",
        HOME: process.env["HOME"] ?? "/",
        HOST: "127.0.0.1",
        PORT: "0",
        // What is asked of several has tests of its own.
        WORKERS: "1",
        // Tests say in a second what people say in an hour.
        MESSAGES_PER_SECOND: "100000",
        COMMANDS_PER_SECOND: "100000",
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#ended = this.#read();
  }

  /** The first line that says so; those that came before count too. */
  async says(words: string): Promise<LogLine> {
    const hasEnded = this.#ended.then(() => true as const);
    for (;;) {
      const line = this.lines.find(({ msg }) => msg.includes(words));
      if (line) return line;
      const next = new Promise<false>((resolve) => this.#waiting.push(() => resolve(false)));
      if ((await within(readyMsMax, Promise.race([next, hasEnded]))) !== false) break;
    }
    const late = this.lines.find(({ msg }) => msg.includes(words));
    if (late) return late;
    throw new Error(`Instead of "${words}" it said ${JSON.stringify(this.lines, null, 2)}`);
  }

  async ready(): Promise<ReadyFacts> {
    return (await this.says("Parley is ready")) as unknown as ReadyFacts;
  }

  /** Its exit code, and all that it said. */
  async ended(): Promise<{ readonly code: number; readonly says: readonly string[] }> {
    const code = await this.process.exited;
    await this.#ended;
    return { code, says: this.lines.map(({ msg }) => msg) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.process.kill("SIGTERM");
    await this.process.exited;
  }

  async #read(): Promise<void> {
    let rest = "";
    for await (const bytes of this.process.stdout) {
      const parts = (rest + new TextDecoder().decode(bytes)).split("\n");
      rest = parts.pop() ?? "";
      this.lines.push(...parts.map(parse));
      for (const wake of this.#waiting.splice(0)) wake();
    }
  }
}

/** What is no JSON stands as it came, so that a test can object to it. */
function parse(text: string): LogLine {
  try {
    return JSON.parse(text) as LogLine;
  } catch {
    return { level: "raw", msg: text };
  }
}

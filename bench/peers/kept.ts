import { type Cores, onServerCores } from "../load/cores.ts";

/**
 * Beneath a shell that ends the program when our pipe does: whoever kills us has ended it too. It may have as many sockets open as the machine allows.
 */
const keeping = `ulimit -n "$(ulimit -Hn)"
exec 3<&0
"$@" </dev/null 3<&- & own=$!
exec 2>/dev/null
{ cat <&3 >/dev/null; kill $own; } & watch=$!
wait $own
code=$?
kill $watch
exit $code`;

export interface KeptOptions {
  readonly cores: Cores | undefined;
  readonly folder?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** As whom, where not as ourselves. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** A program that ends with us, however we end. */
export class Kept implements AsyncDisposable {
  readonly #shell: Bun.Subprocess<"pipe", "pipe", "inherit">;

  constructor(command: readonly string[], { cores, folder = "/", env = {}, owner }: KeptOptions) {
    this.#shell = Bun.spawn(["sh", "-c", keeping, "sh", ...onServerCores(command, cores)], {
      cwd: folder,
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
      stdio: ["pipe", "pipe", "inherit"],
      ...owner,
    });
  }

  /** The root of its processes. */
  get pid(): number {
    return this.#shell.pid;
  }

  get hasEnded(): boolean {
    return this.#shell.exitCode !== null;
  }

  /** The first line that it says; rejects when it ends before. */
  async firstLine(): Promise<string> {
    let said = "";
    for await (const text of this.#shell.stdout.pipeThrough(new TextDecoderStream())) {
      said += text;
      const end = said.indexOf("\n");
      if (end >= 0) return said.slice(0, end);
    }
    throw new Error(`it ended with ${await this.#shell.exited} before it was ready`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#shell.stdin.end();
    await this.#shell.exited;
  }
}

/** A program on a terminal of its own: what a person would read, and a Ctrl-C that goes to the whole foreground group. */
export class TestTerminal {
  readonly process: Bun.Subprocess;
  #text = "";
  #waiting: (() => void)[] = [];

  constructor(cmd: readonly string[], options: { cwd: string; env: Record<string, string> }) {
    this.process = Bun.spawn([...cmd], {
      ...options,
      terminal: {
        cols: 160,
        data: (_, bytes) => {
          this.#text += new TextDecoder().decode(bytes);
          for (const wake of this.#waiting.splice(0)) wake();
        },
      },
    });
  }

  /** The lines as they stand in the end: what was written over is gone, and so are colours. */
  lines(): string[] {
    return Bun.stripANSI(this.#text.replaceAll(/\r\u001b\[2K/g, "\u0000"))
      .split(/\r?\n/)
      .map((line) => line.slice(line.lastIndexOf("\u0000") + 1).trimEnd());
  }

  /** The first line that holds these words. Rejects when the program ends without it. */
  async reads(words: string): Promise<string> {
    const ended = this.process.exited.then(() => "ended" as const);
    for (;;) {
      const line = this.lines().find((each) => each.includes(words));
      if (line !== undefined) return line;
      const next = new Promise<"more">((resolve) => this.#waiting.push(() => resolve("more")));
      if ((await Promise.race([next, ended])) === "ended") break;
    }
    const line = this.lines().find((each) => each.includes(words));
    if (line !== undefined) return line;
    throw new Error(`Instead of "${words}" it read\n${this.lines().join("\n")}`);
  }

  pressControlC(): void {
    this.process.terminal?.write("\u0003");
  }
}

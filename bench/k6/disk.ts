import { closeSync, fdatasyncSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import { pause } from "#lib/wait.ts";
import { Latency } from "../load/latency.ts";
import { msText } from "./table.ts";

/** As PostgreSQL writes its log: a page, into a file that is there already. */
const pageBytes = 8_192;
const filePages = 128;
const pauseMs = 5;

/** How long the disk takes to keep what was written, which every durable message waits for. */
export class Disk implements Disposable {
  readonly #file: number;
  readonly #latency = new Latency();
  #next = 0;

  /** @param folder on the disk that is asked; a file in it is used and left there */
  constructor(folder: string) {
    this.#file = openSync(join(folder, "disk"), "w");
    writeSync(this.#file, Buffer.alloc(pageBytes * filePages));
    fdatasyncSync(this.#file);
  }

  /** Writes a page so many times and waits for each, 5 ms apart: a disk that stalls now and then shows it by time, not by work. */
  async probe(times: number): Promise<void> {
    for (let left = times; left > 0; left -= 1) {
      const startedAt = performance.now();
      writeSync(this.#file, Buffer.alloc(pageBytes, left), 0, pageBytes, this.#next * pageBytes);
      fdatasyncSync(this.#file);
      this.#latency.record(performance.now() - startedAt);
      this.#next = (this.#next + 1) % filePages;
      await pause(pauseMs);
    }
  }

  /** One sentence of all probes. */
  get said(): string {
    const of = this.#latency.figures("kept");
    const [p50, p99, max] = ["p50", "p99", "max"].map((name) => msText(of[`kept ${name} ms`]));
    return `the disk kept 8 KB (fdatasync, ${this.#latency.count.toLocaleString("en")} times, before each run) in p50 ${p50}, p99 ${p99}, at most ${max} ms`;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}

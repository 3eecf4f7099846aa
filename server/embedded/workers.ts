import { pause, within } from "#lib/wait.ts";
import { log } from "../observe/log.ts";
import { markOf, type ProcessMark } from "./processes.ts";

/** Worker → supervisor. */
export type WorkerReport = { readonly kind: "ready"; readonly url: string };

export interface WorkersOptions {
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly count: number;
  /** A worker began or ended. */
  onChange(marks: readonly ProcessMark[]): void;
}

const readyMsMax = 30_000;
const drainMsMax = 2_000; // With the 2.3 s that PostgreSQL may take, all is over 5 s after a Ctrl-C.
const backoffMs = { first: 100, max: 5_000 };
const steadyMs = 30_000; // Who lived as long starts anew at the first delay.

/** The worker processes: started, started again when they die, drained together. */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #running = new Set<Bun.Subprocess>();
  #isDraining = false;

  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  /** Starts all of them. Resolves when each is ready; false when one ended before, or took too long. */
  async start(): Promise<boolean> {
    const first = Array.from({ length: this.#options.count }, () => this.#spawn());
    const isReady = await Promise.all(first.map(({ ready }) => within(readyMsMax, ready)));
    if (!isReady.every((ready) => ready === true)) return false;

    for (const { worker } of first) void this.#watch(worker);
    return true;
  }

  /** Tells all to drain; who is not done in time is ended. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    const workers = [...this.#running];
    for (const worker of workers) worker.send({ kind: "drain" });
    await Promise.all(workers.map((worker) => this.#endIn(worker, drainMsMax)));
  }

  async #endIn(worker: Bun.Subprocess, msMax: number): Promise<void> {
    if ((await within(msMax, worker.exited)) !== undefined) return;
    worker.kill("SIGKILL");
    await worker.exited;
  }

  // In a session of its own: Ctrl-C goes to the whole foreground group, and a worker drains when it is told to.
  #spawn(): { worker: Bun.Subprocess; ready: Promise<boolean> } {
    const ready = Promise.withResolvers<boolean>();
    const worker = Bun.spawn({
      cmd: [process.execPath, this.#options.script],
      env: { ...this.#options.env },
      detached: true,
      stdio: ["ignore", "inherit", "inherit"],
      ipc: (report: WorkerReport) => ready.resolve(report.kind === "ready"),
    });
    this.#running.add(worker);
    this.#announce();
    void worker.exited.then(() => {
      this.#running.delete(worker);
      ready.resolve(false);
      this.#announce();
    });
    return { worker, ready: ready.promise };
  }

  async #watch(first: Bun.Subprocess): Promise<void> {
    let worker = first;
    let delayMs = backoffMs.first;
    for (;;) {
      const since = performance.now();
      const code = await worker.exited;
      if (this.#isDraining) return;

      if (performance.now() - since > steadyMs) delayMs = backoffMs.first;
      log.error("A worker ended by itself and is started again", {
        code,
        signal: worker.signalCode,
        delayMs,
      });
      await pause(delayMs);
      delayMs = Math.min(backoffMs.max, delayMs * 2);
      if (this.#isDraining) return;
      const next = this.#spawn();
      worker = next.worker;
      void within(readyMsMax, next.ready).then((ready) => ready ?? next.worker.kill("SIGKILL"));
    }
  }

  #announce(): void {
    const marks = [...this.#running].map(({ pid }) => markOf(pid));
    this.#options.onChange(marks.filter((mark) => mark !== undefined));
  }
}

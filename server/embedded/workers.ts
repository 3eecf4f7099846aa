import { pause, within } from "#lib/wait.ts";
import { log } from "../observe/log.ts";
import { markOf, type ProcessMark } from "./processes.ts";
import { type Pulse, pulseLimits, watchPulse } from "./pulse.ts";

/** Worker → supervisor. */
export type WorkerReport =
  { readonly kind: "ready"; readonly url: string } | { readonly kind: "pulse" };
/** Supervisor → worker. */
export type WorkerOrder = { readonly kind: "drain" | "pulse" };

export interface WorkersOptions {
  readonly script: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly count: number;
  /** A worker began or ended. */
  onChange(marks: readonly ProcessMark[]): void;
  readonly pulse?: { readonly [Name in keyof typeof pulseLimits]: number };
}

const readyMsMax = 30_000;
const drainMsMax = 2_000; // With the 2.3 s that PostgreSQL may take, all is over 5 s after a Ctrl-C.
const backoffMs = { first: 100, max: 5_000 };
const steadyMs = 30_000; // Who lived as long starts anew at the first delay.

/** A process that was started; `ready` becomes false when it ends before. */
interface Spawned {
  readonly worker: Bun.Subprocess;
  readonly ready: Promise<boolean>;
}

/** The place of one worker: never empty for long. */
interface Slot {
  worker: Bun.Subprocess;
  /** Another process is about to take the place. Resolves when it has, or has not come up. */
  replacement: Promise<boolean> | undefined;
}

/** The worker processes: started, started again when they die, replaced one after the other, drained together. */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #running = new Set<Bun.Subprocess>();
  #slots: Slot[] = [];
  #restarting: Promise<boolean> | undefined;
  #isDraining = false;

  constructor(options: WorkersOptions) {
    this.#options = options;
  }

  /** Starts all of them. Resolves when each is ready; false when one ended before, or took too long. */
  async start(): Promise<boolean> {
    const first = Array.from({ length: this.#options.count }, () => this.#spawn());
    const isReady = await Promise.all(first.map(({ ready }) => within(readyMsMax, ready)));
    if (!isReady.every((ready) => ready === true)) return false;

    this.#slots = first.map(({ worker }) => ({ worker, replacement: undefined }));
    for (const slot of this.#slots) void this.#watch(slot);
    return true;
  }

  /**
   * Gives the place of each worker to a new process, one after the other, so that the others serve meanwhile. Resolves when it is done; false
   * where a new one did not come up: the old one goes on then, and so do those whose turn did not come. Who asks meanwhile waits for the same.
   */
  restart(): Promise<boolean> {
    this.#restarting ??= this.#restart().finally(() => (this.#restarting = undefined));
    return this.#restarting;
  }

  /** Tells all to drain; who is not done in time is ended. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    await Promise.all([...this.#running].map((worker) => this.#drain(worker)));
  }

  async #restart(): Promise<boolean> {
    for (const slot of this.#slots) {
      if (this.#isDraining) return false;
      const isAlone = this.#slots.length === 1;
      slot.replacement = isAlone ? this.#exchange(slot) : this.#replace(slot);
      const isReplaced = await slot.replacement;
      slot.replacement = undefined;
      if (!isReplaced) return false;
    }
    return true;
  }

  /** The new one begins beside the old one, on the same port. */
  async #replace(slot: Slot): Promise<boolean> {
    const old = slot.worker;
    const next = this.#spawn();
    if (!(await this.#isReady(next))) return false;
    slot.worker = next.worker;
    await this.#drain(old);
    return true;
  }

  /** A lone worker shares its port with nobody: the new one begins when it has ended. */
  async #exchange(slot: Slot): Promise<boolean> {
    await this.#drain(slot.worker);
    if (this.#isDraining) return false;
    const next = this.#spawn();
    slot.worker = next.worker;
    return await this.#isReady(next);
  }

  /** One that does not come up in time is ended. */
  async #isReady({ worker, ready }: Spawned): Promise<boolean> {
    if ((await within(readyMsMax, ready)) === true) return true;
    worker.kill("SIGKILL");
    return false;
  }

  async #drain(worker: Bun.Subprocess): Promise<void> {
    if (worker.exitCode !== null || worker.signalCode !== null) return;
    tell(worker, { kind: "drain" });
    if ((await within(drainMsMax, worker.exited)) !== undefined) return;
    worker.kill("SIGKILL");
    await worker.exited;
  }

  // In a session of its own: Ctrl-C goes to the whole foreground group, and a worker drains when it is told to.
  #spawn(): Spawned {
    const ready = Promise.withResolvers<boolean>();
    const worker = Bun.spawn({
      cmd: [process.execPath, this.#options.script],
      env: { ...this.#options.env },
      detached: true,
      stdio: ["ignore", "inherit", "inherit"],
      ipc: ({ kind }: WorkerReport) => {
        pulse.answered();
        if (kind === "ready") ready.resolve(true);
      },
    });
    const pulse = this.#watchPulse(worker);
    this.#running.add(worker);
    this.#announce();
    void worker.exited.then(() => {
      pulse.stop();
      this.#running.delete(worker);
      ready.resolve(false);
      this.#announce();
    });
    return { worker, ready: ready.promise };
  }

  #watchPulse(worker: Bun.Subprocess): Pulse {
    return watchPulse({
      ask: () => tell(worker, { kind: "pulse" }),
      still: () => {
        log.error("A worker stands still and is ended");
        worker.kill("SIGKILL");
      },
      limits: this.#options.pulse ?? pulseLimits,
    });
  }

  async #watch(slot: Slot): Promise<void> {
    let delayMs = backoffMs.first;
    for (;;) {
      const { worker } = slot;
      const since = performance.now();
      const code = await worker.exited;
      await slot.replacement;
      if (this.#isDraining) return;
      if (slot.worker !== worker) continue;

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
      slot.worker = next.worker;
      void this.#isReady(next);
    }
  }

  #announce(): void {
    const marks = [...this.#running].map(({ pid }) => markOf(pid));
    this.#options.onChange(marks.filter((mark) => mark !== undefined));
  }
}

/** To one that has hung up, or has just died, nothing can be said: Bun throws. It is ended all the same, as one that does not answer. */
function tell(worker: Bun.Subprocess, order: WorkerOrder): void {
  try {
    worker.send(order);
  } catch (error) {
    log.debug("a worker could not be told", { order: order.kind, error });
  }
}

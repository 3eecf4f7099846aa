import { join } from "node:path";
import { findWithin } from "#lib/wait.ts";
import type { ChannelId } from "#wire/ids.ts";
import { type Cores, onServerCores } from "./cores.ts";
import { faultsOf, type Heard, Ledger } from "./ledger.ts";
import { Latency } from "./latency.ts";
import type { Run } from "./measure.ts";
import { usageOf } from "./processes.ts";

const channel = 0 as ChannelId;
const settleMsMax = 10_000;

interface BareOptions {
  readonly sockets: number;
  readonly frameBytes: number;
  readonly cores: Cores | undefined;
}

/** The bare server with as many sockets, as the measure of what publishing costs at least. Runs are checked as Parley's are. */
export class BareLoop implements AsyncDisposable {
  readonly #child: Bun.Subprocess<"ignore", "pipe", "inherit">;
  readonly #sockets: WebSocket[] = [];
  #hearing: Heard[] = [];
  #ledger = new Ledger();
  #latency = new Latency();
  #plannedMs: number[] = [];
  readonly #frameBytes: number;
  #saying = 0;
  #endMs = 0;
  #lastMs = 0;

  private constructor({ frameBytes, cores }: BareOptions) {
    this.#frameBytes = frameBytes;
    this.#child = Bun.spawn(
      onServerCores([process.execPath, join(import.meta.dir, "bare-server.ts")], cores),
      { stdio: ["ignore", "pipe", "inherit"] },
    );
  }

  static async start(options: BareOptions): Promise<BareLoop> {
    const loop = new BareLoop(options);
    const { value } = await loop.#child.stdout.getReader().read();
    const url = `ws://127.0.0.1:${new TextDecoder().decode(value).trim()}`;
    for (let index = 0; index < options.sockets; index++) await loop.#open(url, index);
    return loop;
  }

  /** So many sockets each say a frame, and the next when they hear it, until the time is over. */
  async run(inFlight: number, seconds: number): Promise<Run> {
    this.#ledger = new Ledger();
    this.#latency = new Latency();
    this.#hearing = this.#sockets.map(() => this.#ledger.reader(channel));
    const before = usageOf(this.#child.pid);
    const startMs = performance.now();
    this.#endMs = startMs + seconds * 1_000;
    for (let speaker = 0; speaker < inFlight; speaker++) this.#say(speaker);
    await findWithin(
      seconds * 1_000 + settleMsMax,
      () => (this.#saying === 0 && this.#ledger.isComplete) || undefined,
      5,
    );
    const cpuSeconds =
      usageOf(this.#child.pid).cpuSeconds.supervisor - before.cpuSeconds.supervisor;
    const counts = this.#ledger.counts();
    return {
      faults: faultsOf(counts).map((fault) => `bare loop: ${fault}`),
      figures: {
        "bare loop: deliveries per second": counts.deliveries / ((this.#lastMs - startMs) / 1_000),
        "bare loop: CPU s per million deliveries": (cpuSeconds / counts.deliveries) * 1e6,
        ...this.#latency.figures("bare loop: receipt"),
      },
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#child.kill("SIGTERM");
    await this.#child.exited;
  }

  #open(url: string, index: number): Promise<void> {
    const socket = new WebSocket(url);
    socket.binaryType = "arraybuffer";
    this.#sockets.push(socket);
    socket.addEventListener("message", ({ data }: MessageEvent<ArrayBuffer>) =>
      this.#hear(index, new DataView(data)),
    );
    return new Promise((resolve, reject) => {
      socket.addEventListener("open", () => resolve());
      socket.addEventListener("close", () => reject(new Error("the bare server closed a socket")));
    });
  }

  #say(speaker: number): void {
    this.#saying++;
    // The number, which the server writes, the speaker, and nothing.
    const frame = Buffer.alloc(this.#frameBytes);
    frame.writeUInt32BE(speaker, 4);
    this.#plannedMs[speaker] = performance.now();
    this.#sockets[speaker]!.send(frame);
  }

  #hear(index: number, frame: DataView): void {
    const number = frame.getUint32(0);
    const speaker = frame.getUint32(4);
    this.#lastMs = performance.now();
    this.#hearing[index]!.hear(number);
    this.#latency.record(this.#lastMs - this.#plannedMs[speaker]!);
    if (speaker !== index) return;
    // Its own: the server has it, as a reply would say.
    this.#saying--;
    this.#ledger.sent(channel, number);
    if (this.#lastMs < this.#endMs) this.#say(speaker);
  }
}

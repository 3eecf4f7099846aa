import { Turns } from "#lib/turns.ts";
import { findWithin, within } from "#lib/wait.ts";
import type { ChannelId } from "#wire/ids.ts";
import { type Heard, faultsOf, Ledger } from "../load/ledger.ts";
import { Latency } from "../load/latency.ts";
import type { Figures, Run } from "../load/measure.ts";
import { atOnceMax } from "../load/population.ts";
import { hasAccounting } from "../load/processes.ts";
import { until } from "../load/speaking.ts";
import { bodyOf } from "./client/body.ts";
import type { PeerSocket } from "./client/peer-socket.ts";
import type { Contestant, Shape, Spent } from "./contestant.ts";

/** What is not heard by then is missing. */
const usualSettleMsMax = 10_000;

interface Speaking {
  /** Of all sockets, spread over the channels; each has one unanswered message. */
  readonly speakers: number;
  readonly seconds: number;
  /** Messages per second over all; 0 says the next when the one before is answered. */
  readonly rate: number;
}

/** All sockets of one contestant, and what each has heard: deliveries are sends × those who were to hear them, or the run has failed. */
export class Choir {
  readonly #contestant: Contestant;
  readonly #members: number;
  readonly #settleMsMax: number;
  readonly #sockets: PeerSocket[] = [];
  #ledger = new Ledger();
  #hearing: Heard[] = [];
  #latency = new Latency();
  #plannedMs: number[] = [];
  /** Numbers go on from run to run, so that one that comes late is told from those that are asked for. */
  #base = 0;
  #next = 0;
  #late = 0;
  #lastMs = 0;

  private constructor(contestant: Contestant, { members }: Shape, settleMsMax: number) {
    this.#contestant = contestant;
    this.#settleMsMax = settleMsMax;
    this.#members = members;
  }

  static async open(
    contestant: Contestant,
    shape: Shape,
    settleMsMax = usualSettleMsMax,
  ): Promise<Choir> {
    const choir = new Choir(contestant, shape, settleMsMax);
    const turns = new Turns(atOnceMax);
    const entering = Array.from({ length: shape.sockets }, (_, index) =>
      turns.take(() => contestant.enter(index, (number) => choir.#hear(index, number))),
    );
    choir.#sockets.push(...(await Promise.all(entering)));
    return choir;
  }

  get sockets(): readonly PeerSocket[] {
    return this.#sockets;
  }

  async run({ speakers, seconds, rate }: Speaking): Promise<Run> {
    this.begin();
    const before = this.#contestant.spent();
    const startMs = performance.now();
    const who = this.#spread(speakers);
    const saying = rate > 0 ? this.#sayAtRate(who, seconds, rate) : this.#sayInTurn(who, seconds);
    const isAnswered = await within(
      seconds * 1_000 + this.#settleMsMax,
      saying.then(() => true),
    );
    await this.complete();
    const cost = costOf(before, this.#contestant.spent());
    for (const socket of this.#sockets) await socket.rest?.();
    const { sends, deliveries } = this.#ledger.counts();
    const ranSeconds = (this.#lastMs - startMs) / 1_000;
    return {
      faults: [...this.faults(), ...(isAnswered ? [] : ["not everything was answered"])],
      figures: {
        "messages per second": sends / ranSeconds,
        "deliveries per second": deliveries / ranSeconds,
        ...per("message", sends, cost),
        ...per("delivery", deliveries, cost),
        ...this.#latency.figures("receipt"),
      },
    };
  }

  /** From now on everything counts for another run. */
  begin(): void {
    this.#base = this.#next;
    this.#late = 0;
    this.#ledger = new Ledger();
    this.#latency = new Latency();
    this.#plannedMs = [];
    this.#hearing = this.#sockets.map((_, index) => this.#ledger.reader(this.#channelOf(index)));
  }

  /** Says it and counts it as said when the server has it. */
  async say(index: number, plannedMs = performance.now()): Promise<void> {
    const number = this.#next++;
    this.#plannedMs[number - this.#base] = plannedMs;
    await this.#sockets[index]!.say(bodyOf(number));
    this.#ledger.sent(this.#channelOf(index), number - this.#base);
  }

  /** Waits until all is heard. */
  async complete(): Promise<void> {
    await findWithin(this.#settleMsMax, () => this.#ledger.isComplete || undefined, 5);
  }

  /** How much of this run's a socket has heard. */
  heardBy(index: number): number {
    return this.#hearing[index]!.count;
  }

  faults(): string[] {
    // Numbers are the load's: in which order two speakers are heard is the server's to say.
    const faults = faultsOf({ ...this.#ledger.counts(), reordered: 0 });
    return this.#late === 0 ? faults : [...faults, `${this.#late} of the run before`];
  }

  async leave(): Promise<void> {
    await Promise.all(this.#sockets.map((socket) => socket.leave()));
  }

  async #sayInTurn(speakers: readonly number[], seconds: number): Promise<void> {
    const endMs = performance.now() + seconds * 1_000;
    const loops = speakers.map(async (index) => {
      while (performance.now() < endMs) await this.say(index);
    });
    await Promise.all(loops);
  }

  async #sayAtRate(speakers: readonly number[], seconds: number, rate: number): Promise<void> {
    const startMs = performance.now();
    const saying: Promise<void>[] = [];
    for (let count = 0; count < rate * seconds; count++) {
      const plannedMs = startMs + (count / rate) * 1_000;
      await until(plannedMs);
      saying.push(this.say(speakers[count % speakers.length]!, plannedMs));
    }
    await Promise.all(saying);
  }

  #spread(speakers: number): number[] {
    const stride = this.#sockets.length / speakers;
    return Array.from({ length: speakers }, (_, index) => Math.floor(index * stride));
  }

  #channelOf(index: number): ChannelId {
    return Math.floor(index / this.#members) as ChannelId;
  }

  #hear(index: number, number: number): void {
    const at = number - this.#base;
    if (at < 0) {
      this.#late++;
      return;
    }
    this.#lastMs = performance.now();
    this.#hearing[index]?.hear(at);
    this.#latency.record(this.#lastMs - this.#plannedMs[at]!);
  }
}

/** CPU between two looks. */
export function costOf(before: Spent, after: Spent): { server: number; all: number } {
  const server = after.serverCpuSeconds - before.serverCpuSeconds;
  return { server, all: server + after.databaseCpuSeconds - before.databaseCpuSeconds };
}

/** What one of them costs; nothing where there is no accounting. */
export function per(what: string, count: number, cost: { server: number; all: number }): Figures {
  if (!hasAccounting) return {};
  return {
    [serverCpu(what)]: (cost.server / count) * 1e6,
    [allCpu(what)]: (cost.all / count) * 1e6,
  };
}

export const serverCpu = (what: string): string => `server: CPU µs per ${what}`;
export const allCpu = (what: string): string => `server and databases: CPU µs per ${what}`;

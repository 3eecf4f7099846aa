import { findWithin, pause } from "#lib/wait.ts";
import { Turns } from "#lib/turns.ts";
import { Client } from "./client.ts";
import { Latency } from "./latency.ts";
import { Measure, type Run } from "./measure.ts";
import { atOnceMax, channelsOf, type Population } from "./population.ts";

const settleMsMax = 30_000;

interface Times {
  readonly measure: Measure;
  readonly away: Latency;
  readonly entering: Latency;
}

/** Clients whose sockets end while they talk. */
export class Crowd {
  readonly #population: Population;
  readonly #clients: Client[];

  private constructor(population: Population, clients: Client[]) {
    this.#population = population;
    this.#clients = clients;
  }

  static async open(url: string, population: Population): Promise<Crowd> {
    const turns = new Turns(atOnceMax);
    const channels = channelsOf(population);
    const opening = population.people.map((member) =>
      turns.take(() => Client.open({ url, member, channels: channels.get(member.id)! })),
    );
    return new Crowd(population, await Promise.all(opening));
  }

  get clients(): readonly Client[] {
    return this.#clients;
  }

  /** They talk at a rate while `disturb` goes on, until everybody is back and has all that was said. */
  async run(perSecond: number, disturb: () => Promise<void>): Promise<Run> {
    const measure = new Measure();
    const away = new Latency();
    const entering = new Latency();
    this.#begin({ measure, away, entering });
    let isOver = false;
    const talking = this.#talk(perSecond, () => isOver);
    await disturb();
    const areBack = await findWithin(
      settleMsMax,
      () => this.#clients.every(({ isPresent }) => isPresent) || undefined,
    );
    isOver = true;
    await talking;
    await findWithin(settleMsMax, () => measure.ledger.isComplete || undefined);
    const { sends, deliveries } = measure.ledger.counts();
    return {
      faults: [...measure.faults(), ...(areBack ? [] : ["not everybody came back"])],
      figures: {
        messages: sends,
        deliveries,
        "clients that lost their socket": away.count,
        ...away.figures("lost socket → all told that was missed"),
        ...entering.figures("attempt that succeeded → all told"),
      },
    };
  }

  async leave(): Promise<void> {
    await Promise.all(this.#clients.map((client) => client.leave()));
  }

  #begin({ measure, away, entering }: Times): void {
    const channels = channelsOf(this.#population);
    for (const [index, client] of this.#clients.entries()) {
      const own = channels.get(this.#population.people[index]!.id)!;
      const heard = new Map(own.map((channel) => [channel, measure.ledger.reader(channel)]));
      const back = (awayMs: number, enteringMs: number): void => {
        away.record(awayMs);
        entering.record(enteringMs);
      };
      client.begin({ measure, heard, back });
    }
  }

  /** Whoever is away says it later: a crowd that waited for them would say nothing that they miss. */
  async #talk(perSecond: number, isOver: () => boolean): Promise<void> {
    const said: Promise<void>[] = [];
    const startMs = performance.now();
    const stride = 37; // So that those who speak one after the other are of different channels.
    for (let index = 0; !isOver(); index++) {
      await pause(Math.max(0, startMs + (index / perSecond) * 1_000 - performance.now()));
      said.push(this.#clients[(index * stride) % this.#clients.length]!.say());
    }
    await Promise.all(said);
  }
}

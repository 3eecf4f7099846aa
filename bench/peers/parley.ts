import type { BenchServer } from "../load/bench-server.ts";
import { makePopulation, type Population } from "../load/population.ts";
import { ParleySocket } from "./client/parley.ts";
import type { PeerSocket } from "./client/peer-socket.ts";
import { type Said, TypingSocket } from "./client/typing.ts";
import { type Contestant, type Shape, type Spent, spentOf } from "./contestant.ts";

export const parleyTitle = "Parley, durable messages";
export const parleyDoes =
  "Everybody is authenticated and a member; every message is committed, numbered, told in order and once. Ephemeral events are neither stored nor numbered.";

/** Parley with people in channels of their own. */
abstract class ParleyContestant implements Contestant {
  abstract readonly title: string;
  protected readonly server: BenchServer;
  protected population: Population = { people: [], channels: [] };
  #members = 1;

  constructor(server: BenchServer) {
    this.server = server;
  }

  spent(): Spent {
    return spentOf([this.server.usage()]);
  }

  async prepare({ sockets, members }: Shape): Promise<void> {
    this.#members = members;
    const wanted = { people: sockets, members, channelsPerPerson: 1 };
    this.population = await makePopulation(this.server, wanted);
  }

  renew(): Promise<void> {
    return this.server.replaceWorkers();
  }

  abstract enter(index: number, heard: (number: number) => void): Promise<PeerSocket>;

  protected entryOf(index: number) {
    const { people, channels } = this.population;
    const channel = channels[Math.floor(index / this.#members)]!.id;
    return { url: this.server.url, member: people[index]!, channel };
  }
}

export class DurableParley extends ParleyContestant {
  readonly title = parleyTitle;

  enter(index: number, heard: (number: number) => void): Promise<PeerSocket> {
    return ParleySocket.enter({ ...this.entryOf(index), heard });
  }
}

export class EphemeralParley extends ParleyContestant {
  readonly title = "Parley, ephemeral events";
  readonly #said: Said = new Map();

  enter(index: number, heard: (number: number) => void): Promise<PeerSocket> {
    return TypingSocket.enter({ ...this.entryOf(index), said: this.#said, heard });
  }
}

import { Turns } from "#lib/turns.ts";
import type { Event } from "#wire/event.ts";
import type { ChannelId, StreamId } from "#wire/ids.ts";
import { birthsIn } from "./cursor.ts";
import type { Heard } from "./ledger.ts";
import { LoadSocket } from "./load-socket.ts";
import { Measure } from "./measure.ts";
import { plannedMsOf } from "./planned.ts";
import { atOnceMax, channelsOf, type Population, type Served } from "./population.ts";

/** One person with one socket, who listens to all their channels. */
export interface Seat {
  readonly socket: LoadSocket;
  readonly channels: readonly ChannelId[];
}

/** Sockets that nothing disturbs: what comes to them is counted as it comes, so that every frame that is too many or too late shows. */
export class Audience {
  #measure = new Measure();
  #seats: Seat[] = [];
  /** What each seat has heard of each channel in this run. */
  readonly #hearing: Map<StreamId, Heard>[] = [];

  /** A socket for each of the people. */
  static async open(server: Served, population: Population): Promise<Audience> {
    const audience = new Audience();
    const turns = new Turns(atOnceMax);
    const channels = channelsOf(population);
    const opening = population.people.map(({ id, token }) => {
      const hearing = new Map<StreamId, Heard>();
      audience.#hearing.push(hearing);
      return turns.take(async () => ({
        socket: await LoadSocket.open({
          url: server.url,
          token,
          heard: (event) => audience.#hear(hearing, event),
        }),
        channels: channels.get(id)!,
      }));
    });
    audience.#seats = await Promise.all(opening);
    return audience;
  }

  get seats(): readonly Seat[] {
    return this.#seats;
  }

  /** From now on everything counts for another run. */
  begin(): Measure {
    this.#measure = new Measure();
    for (const [index, { channels }] of this.#seats.entries()) {
      for (const channel of channels) {
        this.#hearing[index]!.set(channel, this.#measure.ledger.reader(channel));
      }
    }
    return this.#measure;
  }

  async leave(): Promise<void> {
    await Promise.all(this.#seats.map(({ socket }) => socket.leave()));
  }

  #hear(hearing: ReadonlyMap<StreamId, Heard>, event: Event): void {
    if (event.op !== "interval") return;
    const heard = hearing.get(event.stream);
    if (!heard) return;

    const measure = this.#measure;
    measure.frames++;
    measure.lastMs = performance.now();
    for (const { entity, body } of birthsIn(event)) {
      heard.hear(entity);
      measure.received.record(measure.lastMs - plannedMsOf(body!.body));
    }
  }
}

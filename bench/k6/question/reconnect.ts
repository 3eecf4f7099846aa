/** How soon has somebody who lost their socket for two seconds all that they missed? */
import { pause } from "#lib/wait.ts";
import type { StreamId } from "#wire/ids.ts";
import { retryDelayMs } from "../../load/backoff.ts";
import { Cursor } from "../../load/cursor.ts";
import type { Heard } from "../../load/ledger.ts";
import { plannedMsOf } from "../../load/planned.ts";
import { nowMs } from "../vu/clock.ts";
import { allOf } from "../vu/entering.ts";
import { Hall } from "../vu/hall.ts";
import { asking, fault, latency, optionsOf } from "../vu/measure.ts";
import { timesOf } from "../vu/pace.ts";
import { plan } from "../vu/plan.ts";
import { Seat } from "../vu/seat.ts";
import type { SharedInterval } from "../vu/shared.ts";
import type { Told } from "../vu/told.ts";

const refusedMs = 2_000;
const said = timesOf(plan.shape);
const { members, seconds } = plan.shape;

export const options = optionsOf({ asked: said, delivered: said * members });
export { writeSummary as handleSummary } from "../vu/measure.ts";

/** Somebody who comes back with their cursors: what they missed is shown once and in order. */
class Returning {
  readonly #token: string;
  readonly #cursors = new Map<StreamId, Cursor>();
  readonly #hall: Hall;
  readonly #heard: ReadonlyMap<StreamId, Heard>;
  #seat!: Seat;

  constructor(place: number, hall: Hall) {
    const { id, token } = plan.people[place]!;
    this.#token = token;
    this.#hall = hall;
    this.#heard = hall.hearing(place);
    this.#cursors.set(id, new Cursor(0));
  }

  async enter(epoch = ""): Promise<void> {
    for (const cursor of this.#cursors.values()) cursor.forgetEarly();
    this.#seat = await Seat.open({
      token: this.#token,
      epoch,
      cursors: [...this.#cursors].map(([stream, { at }]) => ({ stream, cursor: at })),
      heard: (told) => this.#hear(told),
      interval: (interval, atMs) => this.#show(interval, atMs),
    });
  }

  /** Loses the socket, and tries again and again as PROTOCOL.md says; the network is back after two seconds. */
  async loseAndReturn(): Promise<void> {
    const lostMs = nowMs();
    const { epoch } = this.#seat;
    await this.#seat.leave();
    for (let failures = 0; ; failures++) {
      await pause(retryDelayMs(failures));
      if (nowMs() >= lostMs + refusedMs) break;
    }
    await this.enter(epoch);
    latency.add(nowMs() - lostMs);
  }

  #hear(told: Told): void {
    if (told.op === "summary") {
      const event = told.read();
      if (event.op !== "summary" || this.#cursors.has(event.channel)) return;
      this.#cursors.set(event.channel, new Cursor(event.asOf));
    } else if (told.op === "reset") {
      const event = told.read();
      if (event.op === "reset" && event.through > 0)
        fault("somebody was reset, though little was missed");
    }
  }

  #show(interval: SharedInterval, atMs: number): void {
    const heard = this.#heard.get(interval.stream);
    const shown = this.#cursors.get(interval.stream)?.take(interval) ?? [];
    if (!heard) return;
    for (const { entity, body } of shown) {
      const plannedMs = plannedMsOf(body!.body);
      this.#hall.hear(heard, { seq: entity, body: body!.body, plannedMs }, atMs);
    }
  }
}

export default asking(async () => {
  const hall = new Hall(() => undefined);
  const firsts = new Set(plan.channels.map((channel) => channel.members[0]!));
  // The first of each channel speaks and stays.
  const speakers = await allOf(plan.channels, async ({ id, members: [place] }) => {
    const { token } = plan.people[place!]!;
    return { present: await Seat.open({ token, interval: hall.seat(place!) }), channel: id };
  });
  const places = [...plan.people.keys()].filter((place) => !firsts.has(place));
  const returning = await allOf(places, async (place) => {
    const somebody = new Returning(place, hall);
    await somebody.enter();
    return somebody;
  });
  // Each at a moment of their own, so that all are back before the last word.
  const losing = returning.map(async (somebody) => {
    await pause(Math.random() * (seconds * 1_000 - refusedMs - 1_000));
    await somebody.loseAndReturn();
  });
  await Promise.all([hall.speak(speakers), ...losing]);
});

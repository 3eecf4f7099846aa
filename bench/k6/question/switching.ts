/** How soon is a channel's newest page there when somebody leafs quickly through their channels? */
import { limits } from "#wire/limits.ts";
import { allOf } from "../vu/entering.ts";
import { asked, asking, delivered, fault, isMeasured, latency, optionsOf } from "../vu/measure.ts";
import { atRate, timesOf } from "../vu/pace.ts";
import { plan } from "../vu/plan.ts";
import { Seat } from "../vu/seat.ts";

const switches = timesOf(plan.shape);

export const options = optionsOf({ asked: switches, delivered: switches });
export { writeSummary as handleSummary } from "../vu/measure.ts";

/** Somebody who leafs: one channel is open at a time. */
class Leafing {
  #seat!: Seat;
  readonly #channels: readonly number[];
  #at = -1;
  #rows = 0;
  #turned: Promise<void> = Promise.resolve();

  private constructor(place: number) {
    this.#channels = plan.channels.flatMap(({ id, members }) =>
      members.includes(place) ? [id] : [],
    );
  }

  static async enter(token: string, place: number): Promise<Leafing> {
    const leafing = new Leafing(place);
    leafing.#seat = await Seat.open({
      token,
      heard: ({ op, rows }) => void (leafing.#rows += op === "reset" ? rows : 0),
    });
    return leafing;
  }

  /** To the next channel, of which nothing is held; behind the switch before, if that still waits. */
  turn(plannedMs: number): Promise<void> {
    this.#turned = this.#turned.then(() => this.#turn(plannedMs));
    return this.#turned;
  }

  async #turn(plannedMs: number): Promise<void> {
    const left = this.#channels[this.#at];
    this.#at = (this.#at + 1) % this.#channels.length;
    this.#rows = 0;
    const closed =
      left === undefined
        ? undefined
        : this.#seat.gets("done", { op: "close", channel: left as never });
    const opened = await this.#seat.ask({
      op: "open",
      channel: this.#channels[this.#at]! as never,
      epoch: this.#seat.epoch,
      cursor: 0,
    });
    await closed;
    if (opened.op !== "opened") fault(`expected opened, got ${opened.op}`);
    if (this.#rows < limits.pageRowsMax) fault(`a page of ${this.#rows} rows`);
    if (!isMeasured(plannedMs)) return;
    latency.add(opened.atMs - plannedMs);
    asked.add(1);
    delivered.add(1);
  }
}

export default asking(async () => {
  const people = await allOf(plan.people, ({ token }, place) => Leafing.enter(token, place));
  await atRate(plan.shape, (index, plannedMs) => people[index % people.length]!.turn(plannedMs));
});

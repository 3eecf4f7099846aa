import type { Interval } from "#wire/event.ts";
import type { Seq } from "#wire/ids.ts";
import type { MessageRow } from "#wire/row.ts";

/** The messages that were born in an interval. */
export function birthsIn({ rows }: Pick<Interval, "rows">): MessageRow[] {
  return rows.filter(
    (row): row is MessageRow =>
      row.kind === "message" && row.body !== null && row.version === row.entity,
  );
}

/** How far somebody has a channel: what is shown to them is every message once and in order, whatever comes twice or early. */
export class Cursor {
  at: Seq;
  #early: Interval[] = [];

  constructor(at: Seq) {
    this.at = at;
  }

  /** Everything begins anew behind this number; what was kept aside and reaches further is shown now. */
  reset(at: Seq): MessageRow[] {
    this.at = at;
    const early = this.#early.filter(({ through }) => through > at);
    this.#early = [];
    early.sort((one, other) => one.from - other.from);
    return early.flatMap((each) => this.take(each));
  }

  /** The messages that are shown now: of this interval, and of those kept aside that it joins. */
  take(interval: Interval): MessageRow[] {
    if (interval.from > this.at) {
      this.#early.push(interval);
      return [];
    }
    const shown = birthsIn(interval).filter(({ entity }) => entity > this.at);
    this.at = Math.max(this.at, interval.through);
    const joined = this.#early.filter(({ from }) => from <= this.at);
    this.#early = this.#early.filter(({ from }) => from > this.at);
    joined.sort((one, other) => one.from - other.from);
    return [...shown, ...joined.flatMap((each) => this.take(each))];
  }

  /** What is aside belongs to a socket that has ended; the next one brings it again. */
  forgetEarly(): void {
    this.#early = [];
  }
}

import type { Seq, StreamId } from "#wire/ids.ts";
import type { RowKind } from "#wire/row.ts";
import type { Placed } from "../../fanout/cut.ts";
import type { CaughtUp } from "../../store/catch-up.ts";

/** One thing in a stream that changed, and the number that its last change took. */
interface Changed {
  readonly kind: RowKind;
  readonly entity: number;
  readonly seq: Seq;
}

/** As `changes` of one stream: of each thing the number of its last change. */
export class MemoryChanges {
  readonly #changed = new Map<string, Changed>();

  set(kind: RowKind, entity: number, seq: Seq): void {
    this.#changed.set(`${kind} ${entity}`, { kind, entity, seq });
  }

  /** Those behind a number, in order. */
  after(from: Seq): Changed[] {
    return [...this.#changed.values()]
      .filter(({ seq }) => seq > from)
      .toSorted((one, other) => one.seq - other.seq);
  }
}

/** As `collect` in `store/catch-up.ts`. */
export function pageOf(
  stream: StreamId,
  from: Seq,
  rowsMax: number,
  head: Seq,
  found: readonly Placed[],
): CaughtUp {
  const cut = found.length > rowsMax;
  const rows = found.slice(0, rowsMax);
  return { stream, from, through: cut ? rows.at(-1)!.position : head, head, cut, rows };
}

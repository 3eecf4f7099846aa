import type { Answer, EventOf } from "#wire/event.ts";
import type { ChannelId, Seq, StreamId } from "#wire/ids.ts";
import type { MessageRow, Row, RowKind, RowOf } from "#wire/row.ts";

/** What somebody holds of one stream. */
interface Stream {
  readonly rows: Map<string, Row>;
  /** The least address of the span that is covered without a hole. */
  since: Seq;
  /** What it was reset to: older intervals would bring back what that left out. */
  readonly resetAt: Seq;
  cursor: Seq;
}

/** A channel's line in the list, for a channel whose rows are not held. */
interface Line {
  asOf: Seq;
  last: MessageRow | null;
}

/**
 * A client of PROTOCOL.md, "Streams", and nothing else: it applies what comes by the rules there, and never asks. So a hole that the
 * server leaves stays, and shows in `waiting`.
 */
export class Reader {
  readonly streams = new Map<StreamId, Stream>();
  readonly lines = new Map<ChannelId, Line>();
  /** Intervals beyond what is held. */
  #aside: EventOf<"interval">[] = [];
  readonly #shown: (channel: ChannelId, row: MessageRow) => void;

  /** `shown` hears of each message when it is first held, in this order. */
  constructor(shown: (channel: ChannelId, row: MessageRow) => void = () => undefined) {
    this.#shown = shown;
  }

  /** What `hello` and `resume` name. */
  cursors(): { stream: StreamId; cursor: Seq }[] {
    return Array.from(this.streams, ([stream, { cursor }]) => ({ stream, cursor }));
  }

  /** Begins to hold a stream's rows. */
  hold(stream: StreamId): void {
    if (this.streams.has(stream)) return;
    this.forget(stream);
  }

  /** Of a stream that is another's now nothing is kept. */
  forget(stream: StreamId): void {
    this.streams.set(stream, { rows: new Map(), since: 0, resetAt: 0, cursor: 0 });
    this.#aside = this.#aside.filter((interval) => interval.stream !== stream);
  }

  /** The socket is gone, and what was kept aside with it: the next hello brings it. */
  leave(): void {
    this.#aside = [];
  }

  /** Intervals that do not join on to what is held. */
  get waiting(): string[] {
    return this.#aside.map(({ stream, from, through }) => `${stream}: (${from}, ${through}]`);
  }

  /** From where on all is held. */
  sinceOf(stream: StreamId): Seq {
    return this.streams.get(stream)?.since ?? 0;
  }

  cursorOf(stream: StreamId): Seq {
    return this.streams.get(stream)?.cursor ?? this.lines.get(stream as ChannelId)?.asOf ?? 0;
  }

  /** Addresses and bodies that are held of a channel, in order. */
  messages(channel: ChannelId): [Seq, string][] {
    return this.rows(channel, "message")
      .toSorted((one, other) => one.entity - other.entity)
      .map(({ entity, body }) => [entity, body!.body]);
  }

  /** Those of one kind that are held of a stream. */
  rows<Kind extends RowKind>(stream: StreamId, kind: Kind): RowOf<Kind>[] {
    return Array.from(this.streams.get(stream)!.rows.values()).filter(
      (row): row is Row & RowOf<Kind> => row.kind === kind,
    );
  }

  /** What is held of one entity. */
  row<Kind extends RowKind>(stream: StreamId, kind: Kind, entity: number): RowOf<Kind> | undefined {
    return this.streams.get(stream)?.rows.get(keyOf({ kind, entity })) as RowOf<Kind> | undefined;
  }

  apply(answer: Answer): void {
    if (answer.op === "reset") this.#reset(answer);
    else if (answer.op === "summary") this.#summary(answer);
    else if (answer.op === "interval") this.#aside.push(answer);
    else return;
    this.#takeAside();
  }

  #takeAside(): void {
    for (let found = true; found;) {
      found = false;
      for (const interval of this.#aside.toSorted((one, other) => one.from - other.from)) {
        if (!this.#interval(interval)) continue;
        this.#aside.splice(this.#aside.indexOf(interval), 1);
        found = true;
      }
    }
  }

  /** Whether it joined on, or was old. */
  #interval({ stream, from, through, rows }: EventOf<"interval">): boolean {
    const held = this.streams.get(stream);
    if (held) {
      if (through <= held.resetAt) return true;
      if (from > held.cursor) return false;
      this.#merge(stream, held.rows, rows);
      held.cursor = Math.max(held.cursor, through);
      return true;
    }
    const line = this.lines.get(stream as ChannelId);
    if (!line || from > line.asOf) return false;
    const messages = rows.filter((row): row is MessageRow => row.kind === "message");
    for (const row of messages) {
      if (row.entity > (line.last?.entity ?? 0)) line.last = row;
    }
    line.asOf = Math.max(line.asOf, through);
    return true;
  }

  #reset({ stream, through, since, rows }: EventOf<"reset">): void {
    const held = { rows: new Map<string, Row>(), since, resetAt: through, cursor: through };
    this.#merge(stream, held.rows, rows);
    this.streams.set(stream, held);
    this.#aside = this.#aside.filter(
      (interval) => interval.stream !== stream || interval.through > through,
    );
  }

  #summary({ channel, asOf, lastMessage }: EventOf<"summary">): void {
    if ((this.lines.get(channel)?.asOf ?? 0) > asOf) return;
    this.lines.set(channel, { asOf, last: lastMessage as MessageRow | null });
  }

  /** The one merge rule. */
  #merge(stream: StreamId, held: Map<string, Row>, rows: readonly Row[]): void {
    for (const row of rows) {
      const key = keyOf(row);
      const before = held.get(key);
      if (row.version <= (before?.version ?? 0)) continue;
      held.set(key, row);
      if (row.kind === "message" && !before) this.#shown(stream as ChannelId, row);
    }
  }
}

const keyOf = ({ kind, entity }: Pick<Row, "kind" | "entity">): string => `${kind} ${entity}`;

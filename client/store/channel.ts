import type { RefusalCode } from "#wire/codes.ts";
import type { EventOf, Interval, ReplyOf } from "#wire/event.ts";
import type { Seq, UserId } from "#wire/ids.ts";
import type { Pointer, Row } from "#wire/row.ts";

import { applyInterval, applyPage, applyReset, hear, rewind } from "./apply.ts";
import { emptyLog, type Log, newestSpan } from "./log.ts";
import { nobodyElse, type Others, withMembers, withOpened, withTold } from "./others.ts";
import { addPending, type Pending, removeHome, removePassed } from "./pending.ts";
import { applyPointer, applySummary, isInList, moveSummary, type Summary } from "./summary.ts";

/** All that this page knows of one channel. Immutable. */
export interface Channel {
  readonly me: UserId;
  /** Only where the channel was opened: elsewhere the line is all that is kept. */
  readonly log: Log | undefined;
  readonly summary: Summary | undefined;
  readonly pending: readonly Pending[];
  /** Only while it is open. */
  readonly others: Others;
  /** The greatest `through` of any frame, also of those that came before the first summary. */
  readonly heard: Seq;
}

export function emptyChannel(me: UserId): Channel {
  return { me, log: undefined, summary: undefined, pending: [], others: nobodyElse, heard: 0 };
}

type ChannelEvent =
  EventOf<"interval"> | EventOf<"reset"> | EventOf<"summary"> | EventOf<"pointers">;

/** What a durable event makes of a channel. Pure; a replay changes nothing. */
export function applyEvent(channel: Channel, event: ChannelEvent): Channel {
  if (event.op === "interval") return withInterval(channel, event);
  if (event.op === "reset") return withReset(channel, event);
  if (event.op === "pointers") {
    return { ...channel, others: withTold(channel.others, event.pointers) };
  }
  return withSummary(channel, event);
}

/** A page of history that was asked for `before` an address. */
export function withPage(channel: Channel, page: ReplyOf<"page">, before: Seq): Channel {
  if (!channel.log) return channel;
  return settle({ ...channel, log: applyPage(channel.log, page, before) }, page.rows);
}

/** From now on the rows are kept, and what is missing of them is asked for. */
export function withLog(channel: Channel): Channel {
  return channel.log ? channel : { ...channel, log: emptyLog };
}

/** The answer to `open` says how far the others are. */
export function withOthers(channel: Channel, told: ReplyOf<"opened">["pointers"]): Channel {
  return { ...channel, others: withOpened(channel.others, told) };
}

/** One's own pointer, moved here or on another device. */
export function withPointer(channel: Channel, pointer: Pointer): Channel {
  const { summary } = channel;
  return summary ? { ...channel, summary: applyPointer(summary, pointer) } : channel;
}

/** A draft, painted before anybody else knows of it. It may have come home already, from an outbox that a crash left behind. */
export function withDraft(channel: Channel, draft: Pending): Channel {
  const pending = addPending(channel.pending, draft);
  return settle({ ...channel, pending }, channel.log?.rows.values() ?? []);
}

export function withoutDraft(channel: Channel, clientMessageId: string): Channel {
  const pending = channel.pending.filter((draft) => draft.clientMessageId !== clientMessageId);
  return { ...channel, pending };
}

/** The author's reply: committed. It does not move the cursor; should the row stay away, `seen` asks for it. */
export function withStored(
  channel: Channel,
  clientMessageId: string,
  stored: { seq: Seq; createdAt: number },
): Channel {
  const pending = channel.pending.map((draft) =>
    draft.clientMessageId === clientMessageId ? { ...draft, stored } : draft,
  );
  const log = channel.log && hear(channel.log, stored.seq);
  return settle({ ...channel, log, pending }, []);
}

export function withRefused(
  channel: Channel,
  clientMessageId: string,
  refused: RefusalCode,
): Channel {
  const pending = channel.pending.map((draft) =>
    draft.clientMessageId === clientMessageId ? { ...draft, refused } : draft,
  );
  return { ...channel, pending };
}

/** Another epoch: only resets and summaries of the new history move it again. */
export function withoutHistory(channel: Channel): Channel {
  const { log, summary } = channel;
  const pointer = { readSeq: 0, deliveredSeq: 0, readFrom: 0 };
  return {
    ...channel,
    log: log && rewind(log),
    summary: summary && { ...summary, asOf: 0, pointer },
    others: nobodyElse,
    heard: 0,
  };
}

function withInterval(channel: Channel, interval: Interval): Channel {
  const { summary, me } = channel;
  const log = channel.log && applyInterval(channel.log, interval);
  return settle(
    {
      ...channel,
      log,
      summary: summary && moveSummary(summary, interval, me),
      others: log ? withMembers(channel.others, interval.rows, me) : channel.others,
      heard: Math.max(channel.heard, interval.through),
    },
    // A row that is only kept aside is not shown yet: until it is, the draft stands for it.
    log ? log.rows.values() : interval.rows,
  );
}

function withReset(channel: Channel, reset: EventOf<"reset">): Channel {
  const { log, summary } = channel;
  const last = reset.rows.findLast((row) => row.kind === "message" && isInList(row));
  return settle(
    {
      ...channel,
      log: log && applyReset(log, reset),
      summary:
        summary && reset.through > summary.asOf && last?.kind === "message"
          ? { ...summary, asOf: reset.through, last, unsure: true }
          : summary,
      heard: Math.max(channel.heard, reset.through),
    },
    reset.rows,
  );
}

function withSummary(channel: Channel, event: EventOf<"summary">): Channel {
  const summary = applySummary(channel.summary, event);
  const { heard, log } = channel;
  return settle(
    {
      ...channel,
      log: log && hear(log, event.asOf),
      // A frame overtook this answer and was left out while there was no line that it could have moved.
      summary: summary.asOf < heard ? { ...summary, unsure: true } : summary,
    },
    event.lastMessage ? [event.lastMessage] : [],
  );
}

/** Drafts that came home with these rows, or whose address has been passed, are drafts no more. */
function settle(channel: Channel, rows: Iterable<Row>): Channel {
  const { log, summary, me } = channel;
  const home = removeHome(channel.pending, rows, me);
  const passed = log ? cursorOf(log) : (summary?.asOf ?? Number.MAX_SAFE_INTEGER);
  const pending = removePassed(home, passed);
  return pending === channel.pending ? channel : { ...channel, pending };
}

function cursorOf(log: Log): Seq {
  return newestSpan(log) ? log.cursor : 0;
}

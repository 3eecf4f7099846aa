import type { RefusalCode } from "#wire/codes.ts";
import type { ChannelId } from "#wire/ids.ts";
import type { Draft, Stored } from "./insert-messages.ts";

export type Fate = Stored | { readonly refused: RefusalCode };

/** The drafts of one command: all of one channel and author, in order. */
export interface Send {
  readonly drafts: readonly Draft[];
  readonly fates: Fate[];
  /** A refused draft stops the later ones. */
  stopped: boolean;
  readonly settle: (fates: Fate[]) => void;
}

/** A draft on its way, and the command that it belongs to. */
export interface Waiting {
  readonly draft: Draft;
  readonly send: Send;
  /** When it entered, on the monotonic clock. */
  readonly sinceMs: number;
  /** An attempt ended without an answer: it may be stored, and nobody may say that it is not. */
  isUnsure: boolean;
}

/** A queue by channel; one batch of it is in flight at a time. */
export interface Lane {
  readonly waiting: Waiting[];
  inFlight: boolean;
}

export const newLane = (): Lane => ({ waiting: [], inFlight: false });

export const channelsOf = (group: readonly Waiting[]): ChannelId[] => [
  ...new Set(group.map(({ draft }) => draft.channelId)),
];

/** Takes a channel's drafts out of a queue, in order. */
export function take(queue: Waiting[], channelId: ChannelId): Waiting[] {
  const taken = queue.filter(({ draft }) => draft.channelId === channelId);
  const left = queue.filter(({ draft }) => draft.channelId !== channelId);
  queue.length = 0;
  for (const waiting of left) queue.push(waiting);
  return taken;
}

/** Numbers for `insertMessages` that say which drafts are of one command. */
export function sendNumbers(group: readonly Waiting[]): number[] {
  const numbers = new Map<Send, number>();
  return group.map(({ send }) => {
    const number = numbers.get(send) ?? numbers.size;
    numbers.set(send, number);
    return number;
  });
}

/** Gives a draft its fate; the drafts of a command get theirs in order, and the last one answers it. */
export function settle({ send }: Waiting, fate: Fate): void {
  if ("refused" in fate) send.stopped = true;
  send.fates.push(fate);
  if (send.fates.length === send.drafts.length) send.settle(send.fates);
}

/** Refuses a draft that is not tried (again): `unavailable` where it may be stored, `skipped` behind a refused one. */
export function giveUp(waiting: Waiting, refused: RefusalCode): void {
  if (waiting.isUnsure) return settle(waiting, { refused: "unavailable" });
  settle(waiting, { refused: waiting.send.stopped ? "skipped" : refused });
}

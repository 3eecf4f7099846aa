import type { ShownMessage } from "../store/model.ts";

/** Rows that stand in the page at most, and by how many the window moves. */
export const windowRows = { max: 200, step: 50 } as const;

export interface Span {
  readonly from: number;
  readonly to: number;
}

/** `undefined` follows the newest; a key is the message with which the window begins. */
export type WindowStart = string | undefined;

/** Which messages are shown. The window holds on to a message, not to a place: older pages come in front of it. */
export function spanOf(messages: readonly ShownMessage[], start: WindowStart): Span {
  const newest = Math.max(0, messages.length - windowRows.max);
  const found =
    start === undefined ? newest : messages.findIndex((message) => message.key === start);
  const from = found < 0 ? newest : found;
  return { from, to: Math.min(messages.length, from + windowRows.max) };
}

/** The window that many steps earlier (negative) or later; `undefined` where it reaches the newest. */
export function moved(
  messages: readonly ShownMessage[],
  { from }: Span,
  steps: number,
): WindowStart {
  const wanted = Math.max(0, from + steps * windowRows.step);
  return wanted + windowRows.max >= messages.length && steps > 0
    ? undefined
    : messages[wanted]?.key;
}

/** A window in which the message with this key has others before it. */
export function around(messages: readonly ShownMessage[], key: string): WindowStart {
  const at = messages.findIndex((message) => message.key === key);
  if (at < 0 || messages.length - at <= windowRows.max - windowRows.step) return undefined;
  return messages[Math.max(0, at - windowRows.step)]?.key;
}

/** How many of the others' messages stand below the lowest one that was seen. */
export function unseenBelow(messages: readonly ShownMessage[], seen: string | undefined): number {
  const at = seen === undefined ? messages.length : messages.findIndex(({ key }) => key === seen);
  return messages.slice(at + 1).filter(({ mine }) => !mine).length;
}

import type { ShownMessage } from "../store/model.ts";
import { isSameDay } from "./time.ts";

/** What stands in the list, in order: messages, and the lines between them. */
export type ListRow =
  | { readonly kind: "day"; readonly key: string; readonly atMs: number }
  | { readonly kind: "new"; readonly key: string }
  | {
      readonly kind: "message";
      readonly key: string;
      readonly message: ShownMessage;
      /** Whether it begins a group, and so shows who wrote it. */
      readonly isFirst: boolean;
    };

/** The same author within this time of the same day is one group. */
const groupMs = 5 * 60_000;

function isGrouped(message: ShownMessage, before: ShownMessage): boolean {
  return (
    message.author.id === before.author.id &&
    message.atMs - before.atMs < groupMs &&
    isSameDay(message.atMs, before.atMs)
  );
}

/** The first message that somebody else wrote after the address up to which one had read. */
export function firstNew(
  messages: readonly ShownMessage[],
  newAfter: number | null,
): string | undefined {
  if (newAfter === null) return undefined;
  return messages.find(({ seq, mine }) => seq > newAfter && !mine)?.key;
}

/**
 * Rows of `messages` from `from` to before `to`. What stands before `from` still decides about lines and groups, so that a
 * row looks the same wherever the window begins.
 */
export function rowsOf(
  messages: readonly ShownMessage[],
  { from, to }: { readonly from: number; readonly to: number },
  newKey: string | undefined,
): ListRow[] {
  const rows: ListRow[] = [];
  for (let at = from; at < to; at += 1) {
    const message = messages[at]!;
    const before = messages[at - 1];
    const beginsDay = !before || !isSameDay(message.atMs, before.atMs);
    const isNew = message.key === newKey;
    if (beginsDay) rows.push({ kind: "day", key: `day ${message.key}`, atMs: message.atMs });
    if (isNew) rows.push({ kind: "new", key: "new" });
    const isFirst = beginsDay || isNew || !isGrouped(message, before);
    rows.push({ kind: "message", key: message.key, message, isFirst });
  }
  return rows;
}

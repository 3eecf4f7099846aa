import type { RefusalCode } from "#wire/codes.ts";
import type { Seq, UserId } from "#wire/ids.ts";
import type { Row } from "#wire/row.ts";

/** What somebody wrote here and what has not come home as a row yet. */
export interface Pending {
  readonly clientMessageId: string;
  readonly body: string;
  readonly writtenAt: number;
  readonly refused?: RefusalCode;
  /** The author's reply said so: committed. The row is what replaces it. */
  readonly stored?: { readonly seq: Seq; readonly createdAt: number };
}

/** Adds a draft, or replaces it by its id; in the order in which they were written. */
export function addPending(pending: readonly Pending[], added: Pending): readonly Pending[] {
  const others = pending.filter(({ clientMessageId }) => clientMessageId !== added.clientMessageId);
  return [...others, added].sort((one, other) => one.writtenAt - other.writtenAt);
}

/** Removes what came home: by the author and the author's id, never by the id alone. */
export function removeHome(
  pending: readonly Pending[],
  rows: Iterable<Row>,
  me: UserId,
): readonly Pending[] {
  if (pending.length === 0) return pending;

  const home = new Set<string>();
  for (const { kind, body } of rows) {
    if (kind === "message" && body?.authorId === me) home.add(body.clientMessageId);
  }
  const left = pending.filter(({ clientMessageId }) => !home.has(clientMessageId));
  return left.length === pending.length ? pending : left;
}

/** Removes what is stored at an address that has been passed: its row is held, or lies outside of what is shown. */
export function removePassed(pending: readonly Pending[], cursor: Seq): readonly Pending[] {
  const left = pending.filter(({ stored }) => !stored || stored.seq > cursor);
  return left.length === pending.length ? pending : left;
}

import { refusals, type RefusalCode } from "#wire/codes.ts";
import type { Seq } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";

import type { Answered } from "./calls.ts";
import type { KeptDraft } from "./draft-store.ts";

/** Of a frame, what is left for bodies beside opcode, ref, channel and the ids of all drafts. */
const bodiesBytesMax = limits.frameBytesMax - 64 * limits.draftsPerSendMax;

/** The next drafts of a line, in order: as many as one `send` and one frame may hold, none before it is kept. */
export function groupOf(drafts: readonly KeptDraft[], unkept: ReadonlySet<string>): KeptDraft[] {
  const group: KeptDraft[] = [];
  let bytes = 0;
  for (const draft of drafts) {
    if (draft.refused) continue;
    bytes += new TextEncoder().encode(draft.body).byteLength;
    const isFull = group.length === limits.draftsPerSendMax || bytes > bodiesBytesMax;
    if (unkept.has(draft.clientMessageId) || (isFull && group.length > 0)) break;
    group.push(draft);
  }
  return group;
}

export interface Fates {
  readonly stored: readonly { draft: KeptDraft; seq: Seq; createdAt: number }[];
  readonly refused: readonly { draft: KeptDraft; code: RefusalCode }[];
  /** When what is left, and what came meanwhile, goes. */
  readonly next: "now" | "with the next socket" | { readonly afterMs: number };
}

/** What an answer makes of the drafts that were sent. One that is neither stored nor refused has to go again, with the same id. */
export function fatesOf(group: readonly KeptDraft[], answered: Answered): Fates {
  const undecided = { stored: [], refused: [] };
  if (answered.op === "lost") return { ...undecided, next: "with the next socket" };
  if (answered.op === "refusal") {
    const { code, retryAfterMs } = answered;
    if (!isFinal(code)) return { ...undecided, next: { afterMs: retryAfterMs } };
    return { stored: [], refused: group.map((draft) => ({ draft, code })), next: "now" };
  }
  if (answered.op !== "sent") return { ...undecided, next: { afterMs: 0 } };

  const each = answered.fates.flatMap((fate, index) => {
    const draft = group[index];
    return draft ? [{ ...fate, draft }] : [];
  });
  const stored = each.filter(({ code }) => code === null);
  const refused = each.flatMap(({ draft, code }) =>
    code && isFinal(code) ? [{ draft, code }] : [],
  );
  const undone = each.find(({ code }) => code !== null && !isFinal(code));
  // What was skipped behind a refused draft goes at once without it; what could not be stored now, later.
  const isSettled = stored.length + refused.length > 0;
  const isNow = isSettled && (!undone || undone.code === "skipped");
  return { stored, refused, next: isNow ? "now" : { afterMs: 0 } };
}

/** Whether a refusal stays the same however often one asks. */
function isFinal(code: RefusalCode): boolean {
  return refusals[code].client === "nothing";
}

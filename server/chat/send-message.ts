import { charsOf, hasControlCharacters, sanitise } from "#wire/body.ts";
import type { RefusalCode } from "#wire/codes.ts";
import type { CommandOf, Draft as SentDraft } from "#wire/command.ts";
import type { ChannelId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { Handling } from "../session/receive.ts";
import type { Identity, Session } from "../session/session.ts";
import type { Fate } from "../store/lane.ts";
import type { ChatParts } from "./parts.ts";
import { identityOf } from "./identity.ts";

/** Why a body is refused before anybody asks the database. */
function refusalFor(body: string): RefusalCode | undefined {
  if (body === "") return "body_empty";
  if (hasControlCharacters(body)) return "body_invalid";
  // Counting code points is only needed where UTF-16 units are too many.
  if (body.length > limits.bodyCharsMax && charsOf(body) > limits.bodyCharsMax) {
    return "body_too_long";
  }
  return undefined;
}

/**
 * Stores what a member said: enters its batch before it returns, and resolves once every draft has its fate; the batch announces.
 * After a refused draft the later ones are not attempted.
 */
export function storeDrafts(
  { batch }: Pick<ChatParts, "batch">,
  { userId, sessionId }: Pick<Identity, "userId" | "sessionId">,
  channel: ChannelId,
  drafts: readonly SentDraft[],
): Promise<Fate[]> {
  const bodies = drafts.map((draft) => sanitise(draft.body));
  const refusedAt = bodies.findIndex((body) => refusalFor(body) !== undefined);
  const good = refusedAt < 0 ? drafts : drafts.slice(0, refusedAt);
  const added = good.map((draft, at) => ({
    channelId: channel,
    authorId: userId,
    sessionId,
    clientMessageId: draft.clientMessageId,
    body: bodies[at]!,
    rootSeq: draft.rootSeq,
  }));
  const stored = added.length > 0 ? batch.add(added) : Promise.resolve([]);
  return stored.then((fates) => {
    if (refusedAt < 0) return fates;
    const refused = refusalFor(bodies[refusedAt]!)!;
    return [...fates, ...restOf(drafts, refusedAt, fates, refused)];
  });
}

/** The same for a socket, which has at most one unanswered `send` per channel: two could change places. */
export function sendMessage(
  parts: Pick<ChatParts, "batch">,
  session: Session,
  { channel, drafts }: CommandOf<"send">,
): Handling {
  if (session.sending.has(channel)) return { reply: { refused: "send_in_flight" } };

  session.sending.add(channel);
  const reply = storeDrafts(parts, identityOf(session), channel, drafts)
    .finally(() => session.sending.delete(channel))
    .then((fates) => ({ op: "sent" as const, fates: fates.map(fateOf) }));
  return { reply };
}

/** The fates from the draft on that was refused early. Where an earlier one was refused by the database, it was not attempted either. */
function restOf(
  drafts: readonly SentDraft[],
  refusedAt: number,
  fates: readonly Fate[],
  refused: RefusalCode,
): Fate[] {
  const stopped = fates.some((fate) => "refused" in fate);
  return drafts
    .slice(refusedAt)
    .map((_, at) => ({ refused: at === 0 && !stopped ? refused : "skipped" }));
}

const fateOf = (fate: Fate): { seq: number; createdAt: number; code: RefusalCode | null } =>
  "refused" in fate
    ? { seq: 0, createdAt: 0, code: fate.refused }
    : { seq: fate.seq, createdAt: fate.createdAt, code: null };

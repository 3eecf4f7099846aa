import type { Refusal } from "#wire/codes.ts";
import type { CommandOf } from "#wire/command.ts";
import type { ReplyOf } from "#wire/event.ts";
import type { UserId } from "#wire/ids.ts";
import { parseStatus } from "#wire/name.ts";
import type { Row, Shown, Status } from "#wire/row.ts";
import { feedTopic } from "../fanout/topic.ts";
import type { Answered } from "../session/receive.ts";
import type { Session } from "../session/session.ts";
import { writeProfile } from "../store/profile.ts";
import { announceTouched } from "./announce-touched.ts";
import { identityOf } from "./identity.ts";
import type { ChatParts } from "./parts.ts";

/** What of the parts changing a profile needs. */
type ProfileParts = Pick<ChatParts, "writing" | "delivery" | "heads" | "publishLive" | "now">;
type Done = Omit<ReplyOf<"done">, "ref">;

/** B12: says something of oneself, or takes it back. */
export async function setStatus(
  parts: ProfileParts,
  userId: UserId,
  { status }: { readonly status: Status | null },
): Promise<Done | Refusal> {
  const text = status && parseStatus(status.text);
  const isOver = (status?.until ?? Number.POSITIVE_INFINITY) <= parts.now();
  if (text === undefined || isOver) return { refused: "status_invalid" };

  const said = status && text !== null ? { text, until: status.until } : null;
  const touched = await writeProfile(parts.writing, userId, { status: said });
  if (touched) announceTouched(parts, [touched]);
  parts.publishLive(feedTopic(userId), { op: "statusChanged", user: userId, status: said });
  return { op: "done" };
}

/** B12, B38: how one wants to be seen. Every worker takes it from the own stream, which all sockets of the user follow. */
export async function setShown(
  parts: ProfileParts,
  userId: UserId,
  { shown }: { readonly shown: Shown },
): Promise<Done> {
  const touched = await writeProfile(parts.writing, userId, { shown });
  if (touched) announceTouched(parts, [touched]);
  return { op: "done" };
}

/** B12: nobody is at this socket's device, or somebody is again. */
export function setAway(
  { presence }: Pick<ChatParts, "presence">,
  session: Session,
  { away }: CommandOf<"setAway">,
): Answered {
  if (session.isAway !== away) {
    session.isAway = away;
    if (session.isPresent) presence.went(identityOf(session).userId, away);
  }
  return { op: "done" };
}

/** A user's own stream brought a profile: all sockets of that user here are shown so from now on. */
export function followProfile(
  { sessions, presence }: Pick<ChatParts, "sessions" | "presence">,
  userId: UserId,
  rows: readonly Row[],
): void {
  for (const row of rows) {
    if (row.kind !== "profile" || !row.body) continue;
    for (const session of sessions.ofUser(userId)) session.show(row.body.shown, row.version);
    presence.shows(userId, row.body.shown.as);
  }
}

/** The socket's user is seen here from now on. `asOf` is the head of the own stream at which the profile was read. */
export function appear(
  { presence }: Pick<ChatParts, "presence">,
  session: Session,
  { shown, asOf }: { readonly shown: Shown; readonly asOf: number },
): void {
  session.show(shown, asOf);
  const { userId } = identityOf(session);
  if (session.isPresent) return presence.shows(userId, session.shown.as);
  session.isPresent = true;
  presence.arrived(userId, session.shown.as, session.isAway);
}

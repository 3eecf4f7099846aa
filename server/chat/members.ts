import type { CommandOf } from "#wire/command.ts";
import { limits } from "#wire/limits.ts";
import type { Answered } from "../session/receive.ts";
import type { Session } from "../session/session.ts";
import { readMembers } from "../store/members.ts";
import { readWhyNot } from "../store/membership.ts";
import { identityOf } from "./identity.ts";
import type { ChatParts } from "./parts.ts";
import { cursorAfter, follow, parseCursor, seenIn } from "./people.ts";

/** A page of who is in a channel; from then on this socket is told when they come and go. */
export async function members(
  parts: ChatParts,
  session: Session,
  { channel, after }: CommandOf<"members">,
): Promise<Answered> {
  const cursor = after === null ? null : parseCursor(after);
  if (cursor === undefined) {
    return { refused: "malformed", detail: "members.after is not of a page" };
  }
  const { userId } = identityOf(session);
  const page = await readMembers(parts.sql, channel, userId, cursor, limits.pageRowsMax);
  if (!page) return { refused: await readWhyNot(parts.sql, channel, userId) };

  // Watched before it is read who is here: whoever comes between is told.
  const ids = page.members.map(({ id }) => id);
  await follow(parts, session, ids);
  const here = await parts.presence.here(ids);
  return {
    op: "membersPage",
    members: page.members.map((one) => ({ ...one, ...seenIn(here, one.id) })),
    count: page.count,
    after: cursorAfter(page.members, limits.pageRowsMax),
  };
}

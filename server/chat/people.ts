import type { CommandOf } from "#wire/command.ts";
import type { EventOf } from "#wire/event.ts";
import type { UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import { feedTopic, presenceTopic } from "../fanout/topic.ts";
import type { Answered } from "../session/receive.ts";
import type { Session } from "../session/session.ts";
import { findPeople, type PeopleCursor, readPeople } from "../store/people.ts";
import type { ChatParts, PresenceState } from "./parts.ts";

/** People whose coming and going one socket is told of; the longest ago listed make room. */
const watchedMax = 500;

/** Certain people, or a page of all; from then on this socket is told when they come and go. */
export async function people(
  parts: ChatParts,
  session: Session,
  { ids, query, after }: CommandOf<"people">,
): Promise<Answered> {
  const cursor = after === null ? null : parseCursor(after);
  if (cursor === undefined)
    return { refused: "malformed", detail: "people.after is not of a page" };

  const found =
    ids.length > 0
      ? await readPeople(parts.sql, ids)
      : await findPeople(parts.sql, query.trim(), cursor, limits.pageRowsMax);
  // Watched before it is read who is here: whoever comes between is told.
  const users = found.map(({ id }) => id);
  await follow(parts, session, users);
  const here = await parts.presence.here(users);
  return {
    op: "peoplePage",
    people: found.map((person) => ({ ...person, ...seenIn(here, person.id) })),
    after: ids.length > 0 ? null : cursorAfter(found, limits.pageRowsMax),
  };
}

/** How somebody is seen, as lists of people say it. */
export function seenIn(
  here: ReadonlyMap<UserId, PresenceState>,
  user: UserId,
): { readonly online: boolean; readonly away: boolean } {
  return { online: here.has(user), away: here.get(user) === "away" };
}

/** Tells the socket who of these is here and what they say of themselves, and from then on when that changes. */
export async function watchPeople(
  parts: ChatParts,
  session: Session,
  users: readonly UserId[],
): Promise<void> {
  if (users.length === 0) return;
  await follow(parts, session, users);
  const [seen, statuses] = await Promise.all([
    presenceOf(parts, users),
    parts.reads.statuses(users),
  ]);
  const said = statuses.map(({ user, status }) => ({ op: "statusChanged", user, status }) as const);
  await session.sendEach([seen, ...said]);
}

/** Who of these is here. When the others were last seen stays with what was told of it. */
async function presenceOf(
  { presence }: Pick<ChatParts, "presence">,
  users: readonly UserId[],
): Promise<EventOf<"presence">> {
  const here = await presence.here(users);
  return {
    op: "presence",
    people: users.map((user) => ({ user, ...seenIn(here, user), lastSeenAt: null })),
  };
}

/** What was told of people lately may not have arrived: tells all sockets of this worker anew of those whom they watch. */
export async function tellPresenceAnew(
  { sessions, presence }: Pick<ChatParts, "sessions" | "presence">,
  tell: (user: UserId, event: EventOf<"presence">) => void,
): Promise<void> {
  for (const users of watchedPages(sessions)) {
    const { people: found } = await presenceOf({ presence }, users);
    for (const person of found) tell(person.user, { op: "presence", people: [person] });
  }
}

/** Compares all whom sockets of this worker watch with what was told of them. To be called every `comparePresenceMs`. */
export async function comparePresence({
  sessions,
  presence,
}: Pick<ChatParts, "sessions" | "presence">): Promise<void> {
  for (const users of watchedPages(sessions)) await presence.compare(users);
}

/** What differs twice in a row is told: after 30 s at most. */
export const comparePresenceMs = 15_000;

function watchedPages(sessions: ChatParts["sessions"]): UserId[][] {
  const users = [...new Set([...sessions].flatMap((session) => [...session.watched]))];
  return Array.from({ length: Math.ceil(users.length / watchedMax) }, (_, page) =>
    users.slice(page * watchedMax, (page + 1) * watchedMax),
  );
}

/** From now on this socket is told when these people come and go. */
export async function follow(
  { relay }: ChatParts,
  session: Session,
  users: readonly UserId[],
): Promise<void> {
  await relay.follow(users.map(feedTopic));
  // Gone or lagging meanwhile: `leave` gave back only what was written down before.
  if (!session.isListening) return relay.unfollow(users.map(feedTopic));

  const known = users.filter((user) => session.watched.delete(user));
  for (const user of users) {
    session.watched.add(user);
    session.subscribe(presenceTopic(user));
  }
  const tooMany = [...session.watched].slice(0, Math.max(0, session.watched.size - watchedMax));
  for (const user of tooMany) {
    session.watched.delete(user);
    session.unsubscribe(presenceTopic(user));
  }
  relay.unfollow([...known, ...tooMany].map(feedTopic));
}

/** Where the page after a full one begins, as it travels: number and name of the last person of this one. */
export function cursorAfter(
  page: readonly { readonly id: UserId; readonly name: string }[],
  rowsMax: number,
): string | null {
  const last = page[page.length - 1];
  return last && page.length === rowsMax ? `${last.id} ${last.name}` : null;
}

export function parseCursor(after: string): PeopleCursor | undefined {
  const [, id, name] = /^(\d{1,15}) (.*)$/s.exec(after) ?? [];
  return name === undefined ? undefined : { name, id: Number(id) as UserId };
}

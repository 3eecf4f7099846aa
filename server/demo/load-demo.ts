import type { UserId } from "#wire/ids.ts";
import { directTextId, groupTextId } from "#wire/text-id.ts";
import { announceTouched } from "../chat/announce-touched.ts";
import type { GroupParts } from "../chat/manage-group.ts";
import { type DemoPerson, insertDemo, type ToldChannel } from "../store/demo.ts";
import { directTalks } from "./direct.ts";
import { engineRoom } from "./engine-room.ts";
import { lobby } from "./lobby.ts";
import { lunch } from "./lunch.ts";
import { type DemoName, names } from "./names.ts";
import { reading } from "./reading.ts";
import { release } from "./release.ts";
import { type Said, type Speaker, type Talk, tell } from "./talk.ts";

/** What of the chat's parts the example needs. */
export type DemoParts = Pick<GroupParts, "writing" | "delivery" | "heads"> & {
  readonly now: () => number;
};

const talks: readonly Talk[] = [reading, lunch, release, engineRoom, lobby, ...directTalks];
const demoNames = Object.keys(names) as DemoName[];

/** Loads the example: people, channels, and what they have said. It stands in the owner's list at once. */
export async function loadDemo(
  parts: DemoParts,
  owner: { readonly id: UserId; readonly name: string },
): Promise<{ readonly people: number } | { readonly refused: "demo_loaded" }> {
  const nowMs = parts.now();
  const [ownerCalled = owner.name] = owner.name.split(" ");
  // The newest last, as they would have come: a list that must not move beneath a pointer stands right as well.
  const told = talks
    .map((talk) => ({ talk, said: tell(talk.text, nowMs, ownerCalled) }))
    .toSorted((one, other) => one.said.at(-1)!.atMs - other.said.at(-1)!.atMs);
  const everything = told.flatMap(({ said }) => said);
  const begunAt = new Date(Math.min(...everything.map(({ atMs }) => atMs)));
  const people = demoNames.map((by) => ({
    name: names[by],
    createdAt: begunAt,
    lastSeenAt: new Date(lastOf(everything, by)),
  }));
  const touched = await insertDemo(parts.writing, owner.id, people, (made) => {
    const idOf = idsOf(made, owner.id);
    return told.map(({ talk, said }) => channelOf(talk, said, idOf));
  }).catch((error: unknown) => {
    parts.heads.suspect(owner.id, "unknown_outcome");
    throw error;
  });
  if ("refused" in touched) return touched;
  announceTouched(parts, touched);
  return { people: people.length };
}

const lastOf = (said: readonly Said[], by: DemoName): number =>
  Math.max(...said.filter((one) => one.by === by).map(({ atMs }) => atMs));

function idsOf(people: readonly DemoPerson[], owner: UserId): (who: Speaker) => UserId {
  const byName = new Map(people.map(({ id, name }) => [name, id]));
  return (who) => (who === "owner" ? owner : byName.get(names[who])!);
}

function channelOf(
  { kind, name, members, unread }: Talk,
  said: readonly Said[],
  idOf: (who: Speaker) => UserId,
): ToldChannel {
  const [maker, other] = members as [Speaker, Speaker];
  const joinedAt = new Date(said[0]!.atMs);
  return {
    kind,
    name,
    textId:
      kind === "group" ? groupTextId(Bun.randomUUIDv7()) : directTextId(idOf(maker), idOf(other)),
    createdBy: idOf(maker),
    members: members.map((who) => ({
      user: idOf(who),
      role: kind === "group" && (who === maker || who === "owner") ? "admin" : "member",
      read: said.length - (unread[who] ?? 0),
      joinedAt,
    })),
    messages: said.map(({ by, atMs, body }) => ({ author: idOf(by), at: new Date(atMs), body })),
  };
}

import type { Refusal } from "#wire/codes.ts";
import type { CommandName, CommandOf } from "#wire/command.ts";
import type { ReplyOf } from "#wire/event.ts";
import type { ChannelId, StreamId, UserId } from "#wire/ids.ts";
import { parseName } from "#wire/name.ts";
import { groupTextId } from "#wire/text-id.ts";
import * as store from "../store/group.ts";
import { announceTouched } from "./announce-touched.ts";
import type { ChatParts } from "./parts.ts";

/** What of the parts changing a group needs. */
export type GroupParts = Pick<ChatParts, "sql" | "writing" | "delivery" | "heads">;

type Fields<Name extends CommandName> = Omit<CommandOf<Name>, "op" | "ref">;
type Done = Omit<ReplyOf<"done">, "ref">;
type Created = Omit<ReplyOf<"created">, "ref">;

/** C5, C6: a group of the maker's with these people; the same id by the same maker is the same group. */
export async function createGroup(
  parts: GroupParts,
  maker: UserId,
  { id, name, users }: Fields<"createGroup">,
): Promise<Created | Refusal> {
  const parsed = parseName(name);
  if (parsed === undefined) return { refused: "name_invalid" };

  const wish = { textId: groupTextId(id), name: parsed, users };
  const made = await announceChange(
    parts,
    [maker, ...users],
    store.createGroup(parts.writing, maker, wish),
  );
  if ("refused" in made) return made;
  return { op: "created", channel: made.channelId, textId: made.textId };
}

export async function renameGroup(
  parts: GroupParts,
  actor: UserId,
  { channel, name }: Fields<"renameGroup">,
): Promise<Done | Refusal> {
  const parsed = parseName(name);
  if (parsed === undefined) return { refused: "name_invalid" };
  return done(parts, channel, [], store.renameGroup(parts.writing, channel, actor, parsed));
}

export function addMembers(
  parts: GroupParts,
  actor: UserId,
  { channel, users }: Fields<"addMembers">,
): Promise<Done | Refusal> {
  return done(parts, channel, users, store.addMembers(parts.writing, channel, actor, users));
}

/** Removes somebody, or leaves: from the number of that change on nothing of the channel reaches them. */
export function removeMember(
  parts: GroupParts,
  actor: UserId,
  { channel, user }: Fields<"removeMember">,
): Promise<Done | Refusal> {
  return done(parts, channel, [user], store.removeMember(parts.writing, channel, actor, user));
}

/** C7. */
export function setRole(
  parts: GroupParts,
  actor: UserId,
  { channel, user, role }: Fields<"setRole">,
): Promise<Done | Refusal> {
  const wish = { user, role };
  return done(parts, channel, [user], store.setRole(parts.writing, channel, actor, wish));
}

export function deleteGroup(
  parts: GroupParts,
  actor: UserId,
  { channel }: Fields<"deleteGroup">,
): Promise<Done | Refusal> {
  return done(parts, channel, [actor], store.deleteGroup(parts.writing, channel, actor));
}

async function done(
  parts: GroupParts,
  channel: ChannelId,
  users: readonly UserId[],
  changing: Promise<store.GroupChange | Refusal>,
): Promise<Done | Refusal> {
  const changed = await announceChange(parts, [channel, ...users], changing);
  return "refused" in changed ? changed : { op: "done" };
}

/** Announces what a change touched. Where its outcome is unknown, or it was done before, the streams that it concerns are looked at. */
export async function announceChange(
  parts: Pick<GroupParts, "delivery" | "heads">,
  concerned: readonly StreamId[],
  changing: Promise<store.GroupChange | Refusal>,
): Promise<store.GroupChange | Refusal> {
  const suspect = (why: "known_id" | "unknown_outcome"): void => {
    for (const stream of concerned) parts.heads.suspect(stream, why);
  };
  const changed = await changing.catch((error: unknown) => {
    suspect("unknown_outcome");
    throw error;
  });
  if ("refused" in changed) return changed;
  if (changed.touched.length === 0) suspect("known_id");
  announceTouched(parts, changed.touched);
  return changed;
}

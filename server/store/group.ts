import type { Refusal } from "#wire/codes.ts";
import { groupRules } from "#wire/group-rules.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { limits } from "#wire/limits.ts";
import type { MemberRole, Row } from "#wire/row.ts";
import type { Transaction } from "./account.ts";
import {
  beginChanging,
  type Change,
  moveHead,
  numberUsers,
  type Touched,
  writeChanges,
} from "./change.ts";
import type { Database } from "./database.ts";
import {
  channelTouched,
  type Group,
  joiningChanges,
  joiningNumbers,
  joiningsTouched,
  type Member,
  memberRow,
  membershipChanges,
  membershipsGone,
  membershipsTouched,
  settingsRow,
} from "./group-rows.ts";
import { readWhyNot } from "./membership.ts";
import { insertRevocations } from "./revocation.ts";

/** A group, and what a call touched; nothing where the call found done what it was asked for. */
export interface GroupChange {
  readonly channelId: ChannelId;
  readonly textId: string;
  readonly touched: readonly Touched[];
}

export interface NewGroup {
  readonly textId: string;
  readonly name: string;
  /** Without the maker. */
  readonly users: readonly UserId[];
}

/** A group that this transaction holds locked, with its members as they are before the change. */
interface Held extends Group {
  readonly members: ReadonlyMap<UserId, Member>;
  readonly own: Member;
}

/** What becomes of a member: a new role, or the end of being one. */
type Fate = { readonly role: MemberRole } | "gone";

/**
 * C5: makes a group with its maker as admin, or finds the one that this maker made under the same id. Refuses where one of the people
 * does not exist or is not active: then nothing is made.
 *
 * The users are locked first: the channel is new and nobody can hold it, see `direct-channel.ts`.
 */
export async function createGroup(
  sql: Database,
  maker: UserId,
  { textId, name, users }: NewGroup,
): Promise<GroupChange | Refusal> {
  return sql.begin(async (tx): Promise<GroupChange | Refusal> => {
    await beginChanging(tx);
    const people = [...new Set([maker, ...users])];
    const names = await lockActive(tx, people);
    if (!names) return { refused: "user_unknown" };

    const [created] = await tx<{ id: ChannelId; joinedAt: Date }[]>`
      insert into channels (text_id, kind, name, created_by, head) values (${textId}, 'group', ${name}, ${maker}, ${people.length + 1})
      on conflict (text_id_in_use) do nothing
      returning id, created_at as "joinedAt"`;
    if (!created) {
      const [known] = await tx<{ id: ChannelId; maker: UserId }[]>`
        select id, created_by as maker from channels where text_id_in_use = ${textId}`;
      if (known?.maker !== maker) return { refused: "id_taken" };
      return { channelId: known.id, textId, touched: [] };
    }
    const { id, joinedAt } = created;
    const members = people.map((user): Member => ({
      id: user,
      name: names.get(user)!,
      role: user === maker ? "admin" : "member",
      joinedAt,
    }));
    const group = { id, textId, name, head: 0 };
    return { channelId: id, textId, touched: await addRows(tx, group, members, true) };
  });
}

/** Gives a group another name: in its settings, and in every member's list. */
export async function renameGroup(
  sql: Database,
  channelId: ChannelId,
  actor: UserId,
  name: string,
): Promise<GroupChange | Refusal> {
  return changeGroup(sql, channelId, actor, async (tx, group) => {
    if (!groupRules.mayRename(group.own.role)) return { refused: "may_not_manage" };
    if (name === group.name) return [];

    await tx`update channels set name = ${name} where id = ${channelId}`;
    const seq = group.head + 1;
    await moveHead(tx, channelId, seq);
    const heads = await numberUsers(tx, [...group.members.keys()]);
    await writeChanges(tx, [
      { stream: channelId, kind: "settings", entity: 0, seq },
      ...membershipChanges(channelId, heads),
    ]);
    return [
      channelTouched(group, [settingsRow(seq, name)]),
      ...membershipsTouched({ ...group, name }, [...group.members.values()], heads),
    ];
  });
}

/** Brings people in; who is in already is passed over. Refuses where one of them does not exist or is not active: then nobody is added. */
export async function addMembers(
  sql: Database,
  channelId: ChannelId,
  actor: UserId,
  users: readonly UserId[],
): Promise<GroupChange | Refusal> {
  return changeGroup(sql, channelId, actor, async (tx, group) => {
    if (!groupRules.mayAdd(group.own.role)) return { refused: "may_not_manage" };
    const fresh = [...new Set(users)].filter((user) => !group.members.has(user));
    if (fresh.length === 0) return [];
    if (group.members.size + fresh.length > limits.groupMembersMax)
      return { refused: "group_full" };

    const names = await lockActive(tx, fresh);
    if (!names) return { refused: "user_unknown" };
    const [clock] = await tx<{ now: Date }[]>`select now()`;
    const members = fresh.map((id): Member => ({
      id,
      name: names.get(id)!,
      role: "member",
      joinedAt: clock!.now,
    }));
    return addRows(tx, group, members, false);
  });
}

/**
 * Ends somebody's membership; oneself leaves. Where the last admin goes, whoever is next in rank and longest in it becomes admin; a
 * group without anybody is deleted.
 */
export async function removeMember(
  sql: Database,
  channelId: ChannelId,
  actor: UserId,
  user: UserId,
): Promise<GroupChange | Refusal> {
  return changeGroup(sql, channelId, actor, async (tx, group) => {
    const target = group.members.get(user);
    if (!target) return [];
    if (user !== actor && !groupRules.mayRemove(group.own.role, target.role)) {
      return { refused: "may_not_manage" };
    }
    return endMembership(tx, group, user);
  });
}

/** Takes somebody out who may not come in any more, as if they had left. */
export async function takeOut(
  sql: Database,
  channelId: ChannelId,
  user: UserId,
): Promise<GroupChange | Refusal> {
  const leave = async (tx: Transaction, group: Held) => endMembership(tx, group, user);
  return changeGroup(sql, channelId, user, leave, { mayBeInactive: true });
}

async function endMembership(tx: Transaction, group: Held, user: UserId): Promise<Touched[]> {
  const left = [...group.members.values()].filter(({ id }) => id !== user);
  if (left.length === 0) {
    await tx`update channels set deleted_at = now() where id = ${group.id}`;
  }
  const fates = new Map<UserId, Fate>([[user, "gone"]]);
  if (left.length > 0 && !left.some(({ role }) => role === "admin")) {
    fates.set(nextAdmin(left).id, { role: "admin" });
  }
  return changeMembers(tx, group, fates);
}

/** Gives a member another role; the last admin stays one. */
export async function setRole(
  sql: Database,
  channelId: ChannelId,
  actor: UserId,
  { user, role }: { user: UserId; role: MemberRole },
): Promise<GroupChange | Refusal> {
  return changeGroup(sql, channelId, actor, async (tx, group) => {
    if (!groupRules.maySetRole(group.own.role)) return { refused: "may_not_manage" };
    const target = group.members.get(user);
    if (!target) return { refused: "user_unknown" };
    if (target.role === role) return [];

    const admins = [...group.members.values()].filter((member) => member.role === "admin");
    if (target.role === "admin" && admins.length === 1) return { refused: "may_not_manage" };
    return changeMembers(tx, group, new Map([[user, { role }]]));
  });
}

/** Deletes a group for everybody. Its rows stay, and nobody reads them; who was in it is told that it is gone. */
export async function deleteGroup(
  sql: Database,
  channelId: ChannelId,
  actor: UserId,
): Promise<GroupChange | Refusal> {
  return changeGroup(sql, channelId, actor, async (tx, group) => {
    if (!groupRules.mayDelete(group.own.role)) return { refused: "may_not_manage" };

    await tx`update channels set deleted_at = now() where id = ${channelId}`;
    const seq = group.head + 1;
    await moveHead(tx, channelId, seq);
    const heads = await numberUsers(tx, [...group.members.keys()]);
    await writeChanges(tx, [
      { stream: channelId, kind: "settings", entity: 0, seq },
      ...membershipChanges(channelId, heads),
    ]);
    return [
      channelTouched(group, [{ kind: "settings", entity: 0, version: seq, body: null }]),
      ...membershipsGone(channelId, heads),
    ];
  });
}

/** Runs a change of a group in one transaction that holds it, if the actor is in it. */
async function changeGroup(
  sql: Database,
  channelId: ChannelId,
  actor: UserId,
  change: (tx: Transaction, group: Held) => Promise<Touched[] | Refusal>,
  { mayBeInactive = false } = {},
): Promise<GroupChange | Refusal> {
  const changed = await sql.begin(async (tx): Promise<GroupChange | Refusal | undefined> => {
    await beginChanging(tx);
    // Locked in a statement of its own: what the next one reads is younger than the wait.
    await tx`select from channels where id = ${channelId} for no key update`;
    const [channel] = await tx<{ textId: string; kind: string; name: string | null; head: Seq }[]>`
      select c.text_id as "textId", c.kind, c.name, c.head from channels c
        join members m on m.channel_id = c.id and m.user_id = ${actor}
       where c.id = ${channelId} and c.deleted_at is null`;
    if (!channel) return undefined;
    if (channel.kind !== "group") return { refused: "not_a_group" };
    const { textId, name, head } = channel;

    const rows = await tx<(Member & { active: boolean })[]>`
      select m.user_id as id, u.name, u.active, m.role, m.joined_at as "joinedAt"
        from members m join users u on u.id = m.user_id where m.channel_id = ${channelId}`;
    const own = rows.find(({ id }) => id === actor)!;
    if (!own.active && !mayBeInactive) return { refused: "user_inactive" };
    const members = new Map(rows.map((row) => [row.id, row]));
    const touched = await change(tx, { id: channelId, textId, name, head, members, own });
    return "refused" in touched ? touched : { channelId, textId, touched };
  });
  return changed ?? { refused: await readWhyNot(sql, channelId, actor) };
}

/** Locks people, by id; their names, or undefined where not all of them are active. */
async function lockActive(
  tx: Transaction,
  people: readonly UserId[],
): Promise<Map<UserId, string> | undefined> {
  const rows = await tx<{ id: UserId; name: string }[]>`
    select id, name from users where id = any (${people as UserId[]}::bigint[]) and active order by id for no key update`;
  return rows.length < people.length ? undefined : new Map(rows.map(({ id, name }) => [id, name]));
}

/** Adds members, whose rows are locked, with their pointers at the head; in a new group its settings come first. */
async function addRows(
  tx: Transaction,
  group: Group,
  members: readonly Member[],
  isNew: boolean,
): Promise<Touched[]> {
  const first = group.head + (isNew ? 2 : 1);
  const head = first + members.length - 1;
  if (!isNew) await moveHead(tx, group.id, head);
  const ids = members.map(({ id }) => id);
  await tx`
    insert into members (channel_id, user_id, role, joined_at, read_seq, delivered_seq, read_from)
    select ${group.id}, id, role, ${members[0]!.joinedAt}, ${head}, ${head}, ${head}
      from unnest(${ids}::bigint[], ${members.map(({ role }) => role)}::text[]) as p (id, role)`;
  // Who was in it before holds the pointers of then: the new ones come as a change, too.
  const heads = await numberUsers(tx, ids, joiningNumbers);
  const settings: Change[] = isNew
    ? [{ stream: group.id, kind: "settings", entity: 0, seq: group.head + 1 }]
    : [];
  await writeChanges(tx, [
    ...settings,
    ...ids.map((id, at): Change => ({
      stream: group.id,
      kind: "member",
      entity: id,
      seq: first + at,
    })),
    ...joiningChanges(group.id, heads),
  ]);
  const rows = members.map((member, at) => memberRow(member, first + at));
  return [
    channelTouched(group, isNew ? [settingsRow(group.head + 1, group.name), ...rows] : rows),
    ...joiningsTouched({ ...group, head }, members, heads),
  ];
}

/** Carries out what becomes of some members, one number each in the group's stream and in their own. */
async function changeMembers(
  tx: Transaction,
  group: Held,
  fates: ReadonlyMap<UserId, Fate>,
): Promise<Touched[]> {
  const users = [...fates.keys()];
  await moveHead(tx, group.id, group.head + users.length);
  const heads = await numberUsers(tx, users);
  const touched: Touched[] = [];
  const rows: Row[] = [];
  for (const [user, fate] of fates) {
    const seq = group.head + rows.length + 1;
    if (fate === "gone") {
      await tx`delete from members where channel_id = ${group.id} and user_id = ${user}`;
      rows.push({ kind: "member", entity: user, version: seq, body: null });
      touched.push(...membershipsGone(group.id, new Map([[user, heads.get(user)!]])));
    } else {
      await tx`update members set role = ${fate.role} where channel_id = ${group.id} and user_id = ${user}`;
      const member = { ...group.members.get(user)!, role: fate.role };
      rows.push(memberRow(member, seq));
      touched.push(...membershipsTouched(group, [member], heads));
    }
  }
  await writeChanges(tx, [
    ...rows.map(({ entity, version }): Change => ({
      stream: group.id,
      kind: "member",
      entity,
      seq: version,
    })),
    ...membershipChanges(group.id, heads),
  ]);
  const gone = [...fates].flatMap(([userId, fate]) => (fate === "gone" ? userId : []));
  await insertRevocations(
    tx,
    gone.map((userId) => ({ userId, channelId: group.id })),
  );
  return [channelTouched(group, rows), ...touched];
}

/** A moderator before a member, and the longer in it before the later. */
function nextAdmin(members: readonly Member[]): Member {
  const rank = ({ role }: Member): number => (role === "moderator" ? 0 : 1);
  return members.toSorted(
    (one, other) =>
      rank(one) - rank(other) ||
      one.joinedAt.getTime() - other.joinedAt.getTime() ||
      one.id - other.id,
  )[0]!;
}

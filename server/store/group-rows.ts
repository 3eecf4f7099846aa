import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import type { BodyOf, MemberRole, Row } from "#wire/row.ts";
import type { Change, Touched } from "./change.ts";

/** A group as it was before a change; `head` is the number before the first of the change. */
export interface Group {
  readonly id: ChannelId;
  readonly textId: string;
  readonly name: string | null;
  readonly head: Seq;
}

export interface Member {
  readonly id: UserId;
  readonly name: string;
  readonly role: MemberRole;
  readonly joinedAt: Date;
}

export const settingsRow = (version: Seq, name: string | null): Row => ({
  kind: "settings",
  entity: 0,
  version,
  body: { kind: "group", name },
});

export const memberRow = ({ id, name, role, joinedAt }: Member, version: Seq): Row => ({
  kind: "member",
  entity: id,
  version,
  body: { name, role, joinedAt: joinedAt.getTime() },
});

export const membershipChanges = (
  channelId: ChannelId,
  heads: ReadonlyMap<UserId, Seq>,
): Change[] =>
  [...heads].map(([user, seq]) => ({
    stream: user,
    kind: "membership",
    entity: channelId,
    seq,
  }));

/** The channel's interval: rows of consecutive numbers from its head on. */
export const channelTouched = ({ id, head }: Group, rows: readonly Row[]): Touched => ({
  stream: id,
  from: head,
  through: head + rows.length,
  rows: rows.map((row) => ({ position: row.version, row })),
});

export const membershipTouched = (
  channelId: ChannelId,
  user: UserId,
  seq: Seq,
  body: BodyOf<"membership"> | null,
): Touched => ({
  stream: user,
  from: seq - 1,
  through: seq,
  rows: [{ position: seq, row: { kind: "membership", entity: channelId, version: seq, body } }],
});

export const membershipsTouched = (
  { id, textId, name }: Group,
  members: readonly Member[],
  heads: ReadonlyMap<UserId, Seq>,
): Touched[] =>
  members.map(({ id: user, role, joinedAt }) =>
    membershipTouched(id, user, heads.get(user)!, {
      textId,
      kind: "group",
      name,
      role,
      peer: null,
      joinedAt: joinedAt.getTime(),
    }),
  );

export const membershipsGone = (channelId: ChannelId, heads: ReadonlyMap<UserId, Seq>): Touched[] =>
  [...heads].map(([user, seq]) => membershipTouched(channelId, user, seq, null));

/** Numbers of the own stream that joining takes: the membership, and behind it the pointers, which stand at the channel's head. */
export const joiningNumbers = 2;

export const joiningChanges = (channelId: ChannelId, heads: ReadonlyMap<UserId, Seq>): Change[] =>
  [...heads].flatMap(([user, head]): Change[] => [
    { stream: user, kind: "membership", entity: channelId, seq: head - 1 },
    { stream: user, kind: "pointer", entity: channelId, seq: head },
  ]);

/** Of a group as it is after they joined. */
export function joiningsTouched(
  group: Group,
  members: readonly Member[],
  heads: ReadonlyMap<UserId, Seq>,
): Touched[] {
  const before = new Map([...heads].map(([user, head]) => [user, head - 1]));
  const atHead = { readSeq: group.head, deliveredSeq: group.head, readFrom: group.head };
  return membershipsTouched(group, members, before).map(({ stream, from, through, rows }) => {
    const version = through + 1;
    const pointer: Row = { kind: "pointer", entity: group.id, version, body: atHead };
    return { stream, from, through: version, rows: [...rows, { position: version, row: pointer }] };
  });
}

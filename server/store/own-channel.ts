import type { ChannelId, UserId } from "#wire/ids.ts";
import type { ChannelKind, MemberRole } from "#wire/row.ts";
import type { Database } from "./database.ts";

/** A channel as one of its members knows it. */
export interface OwnChannel {
  readonly id: ChannelId;
  readonly textId: string;
  readonly kind: ChannelKind;
  readonly name: string | null;
  readonly role: MemberRole;
  readonly peer: { readonly id: UserId; readonly name: string } | null;
  readonly members: number;
  readonly joinedAt: Date;
}

/** Of these channels those that the user is in; in no order. */
export async function readOwnChannels(
  sql: Database,
  userId: UserId,
  channels: readonly ChannelId[],
): Promise<OwnChannel[]> {
  const rows = await sql<
    (Omit<OwnChannel, "peer"> & { peerId: UserId | null; peerName: string | null })[]
  >`
    select c.id, c.text_id as "textId", c.kind, c.name, m.role, m.joined_at as "joinedAt",
           (select count(*) from members o where o.channel_id = c.id) as members,
           peer.id as "peerId", peer.name as "peerName"
      from unnest(${channels as ChannelId[]}::bigint[]) as asked (channel_id)
     cross join lateral (
       select m.* from members m where m.channel_id = asked.channel_id and m.user_id = ${userId} limit 1
     ) m
     cross join lateral (
       select c.* from channels c where c.id = m.channel_id and c.deleted_at is null limit 1
     ) c
      left join lateral (
        select o.user_id as id, (select u.name from users u where u.id = o.user_id) as name
          from members o where c.kind = 'direct' and o.channel_id = c.id and o.user_id <> ${userId} offset 0
      ) peer on true`;
  return rows.map(({ peerId, peerName, ...row }) => ({
    ...row,
    peer: peerId === null ? null : { id: peerId, name: peerName! },
  }));
}

/** The channel of a text id that the user is in. */
export async function findOwnChannel(
  sql: Database,
  userId: UserId,
  textId: string,
): Promise<ChannelId | undefined> {
  const [row] = await sql<{ id: ChannelId }[]>`
    select c.id from channels c join members m on m.channel_id = c.id and m.user_id = ${userId}
     where c.text_id_in_use = ${textId}`;
  return row?.id;
}

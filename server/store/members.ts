import type { ChannelId, UserId } from "#wire/ids.ts";
import type { MemberRole, Status } from "#wire/row.ts";
import type { Database } from "./database.ts";
import type { PeopleCursor } from "./people.ts";
import { type StatusColumns, statusOf } from "./profile.ts";

export interface FoundMember {
  readonly id: UserId;
  readonly name: string;
  readonly role: MemberRole;
  readonly joinedAt: number;
  readonly lastSeenAt: number | null;
  readonly status: Status | null;
}

export interface MembersPage {
  readonly members: readonly FoundMember[];
  /** Of the whole channel. */
  readonly count: number;
}

/** A page of a channel's members, by name. Undefined where the user is none of them. */
export async function readMembers(
  sql: Database,
  channelId: ChannelId,
  userId: UserId,
  after: PeopleCursor | null,
  limit: number,
): Promise<MembersPage | undefined> {
  const rows = await sql<
    (StatusColumns & {
      count: number;
      id: UserId | null;
      name: string;
      role: MemberRole;
      joined_at: Date;
      last_seen_at: Date | null;
    })[]
  >`
    select (select count(*) from members where channel_id = c.id) as count,
           page.id, page.name, page.role, page.joined_at, page.last_seen_at, page.status_text, page.status_until
      from members own
      join channels c on c.id = own.channel_id and c.deleted_at is null
      left join lateral (
        select u.id, u.name, m.role, m.joined_at, u.last_seen_at, u.status_text, u.status_until
          from members m join users u on u.id = m.user_id
         where m.channel_id = c.id
           and (${after === null} or (lower(u.name), u.id) > (lower(${after?.name ?? ""}), ${after?.id ?? 0}::bigint))
         order by lower(u.name), u.id limit ${limit}
      ) page on true
     where own.channel_id = ${channelId} and own.user_id = ${userId}
     order by lower(page.name), page.id`;
  const first = rows[0];
  if (!first) return undefined;

  const members = rows.flatMap(({ id, name, role, joined_at, last_seen_at, ...columns }) =>
    id === null
      ? []
      : {
          id,
          name,
          role,
          joinedAt: joined_at.getTime(),
          lastSeenAt: last_seen_at?.getTime() ?? null,
          status: statusOf(columns),
        },
  );
  return { members, count: first.count };
}

/** The members of a channel, at most so many. */
export async function readMemberIds(
  sql: Database,
  channelId: ChannelId,
  countMax?: number,
): Promise<UserId[]> {
  const rows = await sql<{ user_id: UserId }[]>`
    select user_id from members where channel_id = ${channelId} limit ${countMax ?? null}`;
  return rows.map(({ user_id }) => user_id);
}

/** Whether each of these users is in the channel now. */
export async function readMemberOf(
  sql: Database,
  asked: readonly { readonly userId: UserId; readonly channelId: ChannelId }[],
): Promise<boolean[]> {
  const rows = await sql<{ at: number }[]>`
    select a.at
      from unnest(${asked.map((one) => one.userId)}::bigint[], ${asked.map((one) => one.channelId)}::bigint[])
           with ordinality as a (user_id, channel_id, at)
     cross join lateral (
       select m.channel_id from members m where m.channel_id = a.channel_id and m.user_id = a.user_id limit 1
     ) m
     cross join lateral (
       select from channels c where c.id = m.channel_id and c.deleted_at is null limit 1
     ) c`;
  const found = new Set(rows.map(({ at }) => at));
  return asked.map((_, at) => found.has(at + 1));
}

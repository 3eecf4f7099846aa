import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { rowKinds } from "#wire/row.ts";
import type { Database } from "../store/database.ts";

/**
 * Makes somebody a member of a group of a fixed text id, and the group where there is none: past every rule, as no command does. Nothing is announced;
 * a worker that has the channel's topic finds the number by itself, as after any frame that was lost.
 */
export async function joinGroup(sql: Database, textId: string, user: UserId): Promise<ChannelId> {
  return sql.begin(async (tx) => {
    await tx`
      insert into channels (text_id, kind, name, created_by) values (${textId}, 'group', ${textId}, ${user})
      on conflict (text_id_in_use) do nothing`;
    const [group] = await tx<{ id: ChannelId; head: Seq; isMember: boolean }[]>`
      select id, head, exists (select from members where channel_id = id and user_id = ${user}) as "isMember"
        from channels where text_id = ${textId} and deleted_at is null for no key update`;
    const { id, head, isMember } = group!;
    if (isMember) return id;

    const seq = head + 1;
    await tx`update channels set head = ${seq} where id = ${id}`;
    const [own] = await tx<{ head: Seq }[]>`
      update users set head = head + 1 where id = ${user} returning head`;
    await tx`
      insert into members (channel_id, user_id, read_seq, delivered_seq, read_from)
      values (${id}, ${user}, ${seq}, ${seq}, ${seq})`;
    await tx`
      insert into changes (stream_id, kind, entity, seq) values
        (${id}, ${rowKinds.member.number}, ${user}, ${seq}),
        (${user}, ${rowKinds.membership.number}, ${id}, ${own!.head})`;
    return id;
  });
}

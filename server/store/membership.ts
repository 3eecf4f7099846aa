import type { ChannelId, UserId } from "#wire/ids.ts";
import type { Database } from "./database.ts";

/** Why a channel's statements gave this user nothing. Only who is in it learns that it is gone; a stranger learns nothing. */
export async function readWhyNot(
  sql: Database,
  channelId: ChannelId,
  userId: UserId,
): Promise<"channel_gone" | "not_a_member"> {
  const [gone] = await sql`
    select from members m join channels c on c.id = m.channel_id
     where m.channel_id = ${channelId} and m.user_id = ${userId} and c.deleted_at is not null`;
  return gone ? "channel_gone" : "not_a_member";
}

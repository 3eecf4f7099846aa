import type { Refusal } from "#wire/codes.ts";
import type { ReplyOf } from "#wire/event.ts";
import type { ChannelId, Seq, UserId } from "#wire/ids.ts";
import { readWhyNot } from "../store/membership.ts";
import { readReceipts } from "../store/receipts.ts";
import type { ChatParts } from "./parts.ts";

/** T5, T6: who has a message, and since when. */
export async function receipts(
  { sql, readMemberOf }: Pick<ChatParts, "sql" | "readMemberOf">,
  userId: UserId,
  { channel, seq }: { channel: ChannelId; seq: Seq },
): Promise<Omit<ReplyOf<"receiptsPage">, "ref"> | Refusal> {
  const found = await readReceipts(sql, channel, userId, seq);
  if (found) return { op: "receiptsPage", receipts: found };

  const isMember = (await readMemberOf(userId, [channel])).size > 0;
  return { refused: isMember ? "message_unknown" : await readWhyNot(sql, channel, userId) };
}

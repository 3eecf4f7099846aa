import type { ChannelId, UserId } from "../ids.ts";
import type { MessageBody, MessageRow } from "../row.ts";

/** Who and what the vectors speak of: the people of the tests, with fixed numbers. */
export const ada = 11 as UserId;
export const grace = 12 as UserId;
export const direct = 21 as ChannelId;
export const engineRoom = 22 as ChannelId;

export const epoch = "5f1d0c27a9b3e846";
/** 12 November 2026, 09:42:00 UTC: above 2^32, so it travels as float64. */
export const morning = 1_794_476_520_000;
export const helloId = "019a7780-5a40-7000-8000-000000000001";
export const groupId = "019a7780-6210-7000-8000-000000000003";
export const answerId = "019a7780-5e28-7000-8000-000000000002";

/** A message of Ada's at address 5, but for what `differs`. */
export function message(entity: number, differs: Partial<MessageBody> = {}): MessageRow {
  const body = {
    authorId: ada,
    createdAt: morning,
    clientMessageId: helloId,
    system: false,
    rootSeq: null,
    editedAt: null,
    deleted: false,
    body: "Hello, Grace.",
    ...differs,
  };
  return { kind: "message", entity, version: entity, body };
}

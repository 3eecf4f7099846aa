import type { ChatParts } from "../chat/parts.ts";

/** What of the chat's parts HTTP speaks with: all but sockets. */
export type HttpChat = Pick<
  ChatParts,
  | "sql"
  | "reads"
  | "writing"
  | "batch"
  | "delivery"
  | "heads"
  | "pointers"
  | "typing"
  | "presence"
  | "publishLive"
  | "now"
  | "readIntervals"
  | "readMemberOf"
>;
